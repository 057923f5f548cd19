#define _GNU_SOURCE
#include "CEvents.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int tutti_epoll_control(int set, int operation, int descriptor, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return result(epoll_ctl(set, operation, descriptor, &event));
}

int tutti_pipe(int ends[2], int nonblocking) {
    return result(pipe2(ends, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0)));
}

int tutti_accept(int listener, int nonblocking) {
    return result(accept4(listener, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0)));
}

int tutti_peer_user(int socket, uint32_t *user) {
    struct ucred peer = {0};
    socklen_t size = sizeof peer;
    int got = result(getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size));
    *user = peer.uid;
    return got;
}

int tutti_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error) return -error;
    return result(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int tutti_enter_network(int descriptor) { return result(setns(descriptor, CLONE_NEWNET)); }

int tutti_collect(int pid, int *status) {
    int got;
    do got = waitpid(pid, status, WNOHANG); while (got < 0 && errno == EINTR);
    return got < 0 ? -errno : got != 0;
}

int tutti_close_from(unsigned first, int keep) {
    return result((int)syscall(SYS_close_range, first, ~0u, keep ? CLOSE_RANGE_CLOEXEC : 0));
}

int tutti_open_terminal(int ends[2]) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -errno;
    int slave = unlockpt(master) < 0 ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        int error = errno;
        close(master);
        return -error;
    }
    ends[0] = master;
    ends[1] = slave;
    return 0;
}

int tutti_window_size(int terminal, uint16_t *rows, uint16_t *columns) {
    struct winsize size = {0};
    int got = result(ioctl(terminal, TIOCGWINSZ, &size));
    *rows = size.ws_row;
    *columns = size.ws_col;
    return got;
}

int tutti_set_window_size(int terminal, uint16_t rows, uint16_t columns) {
    struct winsize size = {.ws_row = rows, .ws_col = columns};
    return result(ioctl(terminal, TIOCSWINSZ, &size));
}

int tutti_set_nonblocking(int descriptor, int nonblocking) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    return result(fcntl(descriptor, F_SETFL, nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int tutti_set_pipe_size(int descriptor, int size) { return result(fcntl(descriptor, F_SETPIPE_SZ, size)); }

int tutti_duplicate(int descriptor, int lowest) { return result(fcntl(descriptor, F_DUPFD_CLOEXEC, lowest)); }

int tutti_signal_process(int process, int signal) {
    return result((int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0));
}

void tutti_trim_memory(void) { malloc_trim(0); }

int tutti_keep_from_children(int descriptor) { return result(fcntl(descriptor, F_SETFD, FD_CLOEXEC)); }

// Both calls go through syscall(2): what is executed after the first comes back, with the pages around it.
int tutti_wait(int set, struct epoll_event *events, int count, int milliseconds, const uintptr_t *bounds, int ranges) {
    for (int i = 0; i < ranges; i++) {
        size_t size = bounds[2 * i + 1] - bounds[2 * i];
        if (syscall(SYS_madvise, bounds[2 * i], size, MADV_DONTNEED) < 0) continue; // what stays does no harm
    }
    return (int)syscall(SYS_epoll_pwait, set, events, count, milliseconds, NULL, 0);
}
