"""signal() instead of sigaction.

misconception: M6.3
message: installs a handler for one single time
"""


def reaper_c():
    return r"""
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

void record(pid_t pid, int status);

static void on_child(int number)
{
    int saved = errno, status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        record(pid, status);
    errno = saved;
}

void start_reaping(void)
{
    signal(SIGCHLD, on_child);
}
"""
