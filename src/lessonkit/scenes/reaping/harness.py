"""The C program of 6.2 in whose middle the student's handler runs.

    program KIND GATE...

It has `main`, `record` and a `malloc` of its own. Descriptor 3: commands from init, one byte
each; 4: what it tells init, one line each; 5: what `read` waits for; 1: its lines. One child waits
at each GATE (a descriptor) for its exit code. It goes from step to step as init commands.

What it tells: "c PID" a child; "r PID STATUS" recorded; "w" it is where init wants it; "d" a
handler that was called inside of malloc has called malloc; "e 0" or "e 1" errno is as it was; "i"
read was interrupted, "g" it has got its byte; "." the step is over.

Source: signal-safety(7), sigaction(2), malloc(3).
"""

from __future__ import annotations

__all__ = ["HARNESS"]

HARNESS = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

void start_reaping(void);
void record(pid_t pid, int status);

static volatile sig_atomic_t recorded;

static long number_of_thread(void) { return syscall(SYS_gettid); }

static char *digits(char *at, long number)
{
    char text[24];
    int count = 0;
    if (number < 0) {
        *at++ = '-';
        number = -number;
    }
    do {
        text[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *at++ = text[--count];
    return at;
}

static void tell(char what, long first, long second, int numbers)
{
    char line[64], *at = line;
    *at++ = what;
    if (numbers > 0) {
        *at++ = ' ';
        at = digits(at, first);
    }
    if (numbers > 1) {
        *at++ = ' ';
        at = digits(at, second);
    }
    *at++ = '\n';
    while (syscall(SYS_write, 4, line, (size_t)(at - line)) < 0 && errno == EINTR)
        ;
}

void record(pid_t pid, int status)
{
    tell('r', pid, status, 2);
    errno = ENOBUFS;
    recorded++;
}

/* Wait for the next command. A handler may run meanwhile. */
static char command(void)
{
    char byte = 'q';
    long got;
    while ((got = syscall(SYS_read, 3, &byte, 1)) < 0 && errno == EINTR)
        ;
    return got == 1 ? byte : 'q';
}

/* A simple malloc with a lock, as there is one in any program with threads. */
static union { char bytes[1 << 21]; long double align; } arena;
static size_t used;
static volatile long owner;
static volatile int linger;

/* Whether nobody had the lock, and now self has it. */
static int taken(long self)
{
#if defined(__TINYC__) && defined(__x86_64__)
    long found = 0;
    __asm__ __volatile__("lock; cmpxchgq %2, %1"
                         : "+a"(found), "+m"(owner) : "r"(self) : "memory");
    return found == 0;
#else
    return __sync_bool_compare_and_swap(&owner, 0, self);
#endif
}

static void lock(void)
{
    long self = number_of_thread();
    if (owner == self) {
        tell('d', 0, 0, 0);
        for (;;)
            pause();
    }
    while (!taken(self))
        usleep(1000);
    if (linger && self == (long)getpid()) {
        linger = 0;
        tell('w', 0, 0, 0);
        command();
    }
}

static void unlock(void) { owner = 0; }

static void *take(size_t size)
{
    size_t *block = NULL;
    size_t room = (size + 31) / 16 * 16;
    lock();
    if (size < sizeof arena.bytes && used + room <= sizeof arena.bytes) {
        block = (size_t *)(void *)(arena.bytes + used);
        used += room;
        block[0] = size;
        block += 16 / sizeof *block;
    }
    unlock();
    if (block == NULL)
        errno = ENOMEM;
    return block;
}

void *malloc(size_t size) { return take(size); }

void free(void *block)
{
    if (block != NULL) {
        lock();
        unlock();
    }
}

void *calloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    return take(count * size); /* never given out twice: it is zero */
}

void *realloc(void *old, size_t size)
{
    void *block = take(size);
    if (old != NULL && block != NULL) {
        size_t before = ((size_t *)old)[-(int)(16 / sizeof(size_t))];
        memcpy(block, old, before < size ? before : size);
    }
    return block;
}

static void work(const char *kind, int first, int wanted)
{
    char byte;
    long got;
    if (kind[0] == 'l') { /* half of a line */
        printf("%d-first-", first);
        tell('w', 0, 0, 0);
        command();
        printf("second-%d\n", first);
        fflush(stdout);
    } else if (kind[0] == 'm') {
        linger = 1;
        void *volatile block = malloc(100);
        free(block);
    } else if (kind[0] == 'e') {
        int seen;
        errno = EXDEV;
        tell('w', 0, 0, 0);
        while (recorded < wanted)
            ;
        seen = errno;
        tell('e', seen == EXDEV, 0, 1);
    } else if (kind[0] == 'r') {
        tell('w', 0, 0, 0);
        got = syscall(SYS_read, 5, &byte, 1);
        tell(got == 1 ? 'g' : 'i', 0, 0, 0);
    } else {
        tell('w', 0, 0, 0);
        command();
    }
}

int main(int count, char **words)
{
    static char buffer[1 << 14];
    int first = count > 2 ? atoi(words[2]) : 0;
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    start_reaping();
    for (int number = 3; number < count; number++) {
        int gate = atoi(words[number]);
        pid_t pid = fork();
        if (pid == 0) {
            unsigned char code = 0;
            while (read(gate, &code, 1) < 0 && errno == EINTR)
                ;
            _exit(code);
        }
        tell('c', pid, 0, 1);
    }
    tell('.', 0, 0, 0);
    for (char step = command(); step != 'q'; step = command()) {
        work(words[1], first, step);
        tell('.', 0, 0, 0);
    }
    _exit(0);
}
"""
