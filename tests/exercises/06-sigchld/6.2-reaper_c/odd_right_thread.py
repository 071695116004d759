"""A thread that sleeps until the signal comes: it may call anything."""


def reaper_c():
    return r"""
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

void record(pid_t pid, int status);

static sigset_t only;

static void *work(void *nothing)
{
    for (;;) {
        int number, status;
        pid_t pid;
        sigwait(&only, &number);
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            record(pid, status);
    }
    return nothing;
}

void start_reaping(void)
{
    pthread_t thread;
    sigemptyset(&only);
    sigaddset(&only, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &only, 0);
    pthread_create(&thread, 0, work, 0);
}
"""
