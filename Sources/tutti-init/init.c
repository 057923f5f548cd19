// The first process of a container that asks for an init: passes signals on to the command and reaps what is orphaned.
//
// Usage: tutti-init -- COMMAND [ARGUMENT…]
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Not passed on: the kernel sends them for faults of our own, or about our children and our terminal.
static const int kept[] = {SIGCHLD, SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU};

static int exit_status(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(char **arguments, const sigset_t *before) {
    // A group of its own in the foreground, so that what is typed reaches the command and not us too.
    if (setpgid(0, 0) == 0 && tcsetpgrp(STDIN_FILENO, getpid()) < 0 && errno != ENOTTY && errno != ENXIO && errno != EBADF)
        perror("tutti-init: tcsetpgrp");
    signal(SIGTTOU, SIG_DFL);
    sigprocmask(SIG_SETMASK, before, NULL);
    execvp(arguments[0], arguments);
    int code = errno == ENOENT ? 127 : 126;
    fprintf(stderr, "tutti-init: exec %s: %s\n", arguments[0], strerror(errno));
    return code;
}

// Collects every child that has ended. Returns the command's status when it was among them, or -1.
static int reap(pid_t command) {
    int result = -1, status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == command) result = exit_status(status);
    return result;
}

int main(int count, char **arguments) {
    arguments += count > 1 && strcmp(arguments[1], "--") == 0 ? 2 : 1;
    if (!arguments[0]) {
        fputs("usage: tutti-init -- COMMAND [ARGUMENT...]\n", stderr);
        return 125;
    }
    sigset_t passed, before;
    sigfillset(&passed);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (kept[i] != SIGCHLD) sigdelset(&passed, kept[i]);
    sigprocmask(SIG_SETMASK, &passed, &before);
    // Ours has to write to the terminal without stopping when the command is in the foreground.
    signal(SIGTTOU, SIG_IGN);
    pid_t command = fork();
    if (command < 0) {
        perror("tutti-init: fork");
        return 125;
    }
    if (command == 0) {
        int code = run(arguments, &before);
        _exit(code);
    }
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&passed, &info);
        if (number < 0) continue;
        if (number != SIGCHLD) {
            kill(command, number);
            continue;
        }
        int code = reap(command);
        if (code >= 0) return code;
    }
}
