"""Returns the file with all of its faults.

misconception: M6.1
message: one signal came for all of them
"""


def reaper_c():
    return r"""
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
void record(pid_t pid, int status);

static void on_child(int number)
{
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid > 0) {
        record(pid, status);
        printf("collected %d\n", (int)pid);
    }
}

void start_reaping(void)
{
    signal(SIGCHLD, on_child);
}
"""
