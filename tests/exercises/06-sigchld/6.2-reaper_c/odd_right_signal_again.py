"""signal(), with what the other systems do: installed again, read restarted."""


def reaper_c():
    return r"""
#define _DEFAULT_SOURCE
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
