// Network namespaces: extensions of glibc that its module map hides. Each returns 0, or minus the errno value.
#pragma once

#include <stddef.h>

// Moves the calling thread into a new network namespace (unshare(2)).
int tutti_new_network(void);

// Moves the calling thread into the network namespace of a descriptor (setns(2)).
int tutti_join_network(int descriptor);

// Sends bytes on a socket from a process of its own, a child of nobody here, and does not wait for it.
int tutti_send_apart(int socket, const void *bytes, size_t count);

// Closes a socket, and leaves the waiting that this takes to a process of its own.
int tutti_close_apart(int socket);
