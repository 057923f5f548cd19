#define _GNU_SOURCE
#include "CNetwork.h"

#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int tutti_new_network(void) { return unshare(CLONE_NEWNET) == 0 ? 0 : -errno; }

int tutti_join_network(int descriptor) { return setns(descriptor, CLONE_NEWNET) == 0 ? 0 : -errno; }

// What runs here must be safe after a fork of a process with threads: nothing but system calls.
static void send_and_end(int socket, const void *bytes, size_t count) {
    setsid();
    if (socket > 0) close_range(0, socket - 1, 0);
    close_range(socket + 1, ~0U, 0);
    if (count > 0) send(socket, bytes, count, 0);
    _exit(0);
}

int tutti_send_apart(int socket, const void *bytes, size_t count) {
    pid_t between = fork();
    if (between < 0) return -errno;
    if (between == 0) {
        if (fork() == 0) send_and_end(socket, bytes, count);
        _exit(0);
    }
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR) {}
    return 0;
}

int tutti_close_apart(int socket) {
    int sent = tutti_send_apart(socket, NULL, 0);
    close(socket);
    return sent;
}
