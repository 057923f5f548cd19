// The calls for waiting, terminals and sockets that Swift cannot reach: extensions of glibc that its module map hides,
// and functions with variable arguments. Each returns what the call returns, or minus the errno value.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

// epoll_ctl(2) with the data that comes back with the event.
int tutti_epoll_control(int set, int operation, int descriptor, uint32_t events, uint64_t data);

// Descriptors that are close-on-exec from birth.
int tutti_pipe(int ends[2], int nonblocking);
int tutti_accept(int listener, int nonblocking);

// The user at the other end of a Unix socket (SO_PEERCRED).
int tutti_peer_user(int socket, uint32_t *user);

// signalfd(2): blocks the signals and gives a descriptor that tells of them.
int tutti_signal_descriptor(const int *signals, int count);

// Enters a network namespace (setns(2)).
int tutti_enter_network(int descriptor);

// Collects an ended child: its status as wait(2) gives it, without waiting. 0 if it has not ended, 1 if it has.
int tutti_collect(int pid, int *status);

// Marks every descriptor from `first` on as close-on-exec (`keep` 1) or closes it (`keep` 0).
int tutti_close_from(unsigned first, int keep);

// A pseudo terminal: both ends, close-on-exec, nobody's controlling terminal. ends[0] is the master.
int tutti_open_terminal(int ends[2]);

// ioctl(2) for window sizes and the controlling terminal, fcntl(2) for flags and pipe sizes.
int tutti_window_size(int terminal, uint16_t *rows, uint16_t *columns);
int tutti_set_window_size(int terminal, uint16_t rows, uint16_t columns);
int tutti_set_nonblocking(int descriptor, int nonblocking);
int tutti_set_pipe_size(int descriptor, int size);
int tutti_duplicate(int descriptor, int lowest);
int tutti_keep_from_children(int descriptor);

// Sends a signal to the process that a pidfd stands for.
int tutti_signal_process(int process, int signal);

// malloc_trim(3) of everything.
void tutti_trim_memory(void);

// epoll_wait(2), before which the pages of `ranges` pairs of bounds are given back: madvise(2) with MADV_DONTNEED for each.
int tutti_wait(int set, struct epoll_event *events, int count, int milliseconds, const uintptr_t *bounds, int ranges);

// As much room as `count` bytes may need when they are spelled as the inside of a JSON string.
#define TUTTI_SPELLED(count) (6 * (count) + 16)

// Spells bytes that should be UTF-8 as the inside of a JSON string: U+FFFD stands for those that are not. `output` has room for
// TUTTI_SPELLED(count). Returns how many bytes were written.
size_t tutti_spell(const uint8_t *input, size_t count, uint8_t *output);

// What goes before and behind the text of each line, and how long a line must not be.
struct tutti_line_frame {
    const uint8_t *head;
    size_t head_size;
    const uint8_t *tail;
    size_t tail_size;
    size_t longest;
};

// Spells whole lines, each in its frame, and stops before one that has no end here or is too long, and where the room may not
// do. Returns how many bytes of the input that were; `written` is how many bytes came of them.
size_t tutti_spell_lines(const uint8_t *input, size_t count, uint8_t *output, size_t room,
                         const struct tutti_line_frame *frame, size_t *written);
