"""A thread waits for the blocked signal."""


def reaper_c():
    return r"""
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
void record(pid_t pid, int status);
static sigset_t set;
static void *loop(void *arg)
{
    (void)arg;
    for (;;) {
        int status; pid_t pid;
        siginfo_t info;
        sigwaitinfo(&set, &info);
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            record(pid, status);
    }
    return NULL;
}
void start_reaping(void)
{
    pthread_t thread;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, loop, NULL);
}
"""
