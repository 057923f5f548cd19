#pragma once

#include <errno.h>
#include <unistd.h>

// Closes a descriptor, if it is one, and gives the result with the errno that it had.
static inline int closing(int descriptor, int result) {
    int error = errno;
    if (descriptor >= 0) close(descriptor);
    errno = error;
    return result;
}
