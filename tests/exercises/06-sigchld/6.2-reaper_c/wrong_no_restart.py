"""Without SA_RESTART.

misconception: M6.8
message: came back with EINTR
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
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, 0);
}
"""
