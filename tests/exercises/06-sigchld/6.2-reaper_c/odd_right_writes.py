"""Says what it does, with write."""


def reaper_c():
    return r"""
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void record(pid_t pid, int status);

static void on_child(int number)
{
    int saved = errno, status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
    {
        record(pid, status);
        if (write(1, "collected\n", 10) < 0)
            break;
    }
    errno = saved;
}

void start_reaping(void)
{
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, 0);
}
"""
