"""The handler flushes the buffer of main.

misconception: M6.2
message: half of the line came out before
"""


def reaper_c():
    return r"""
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
void record(pid_t pid, int status);
static void on_child(int n)
{
    int status, saved = errno;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        record(pid, status);
    fflush(stdout);
    errno = saved;
}
void start_reaping(void)
{
    struct sigaction sa = {0};
    sa.sa_handler = on_child;
    sa.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &sa, 0);
}
"""
