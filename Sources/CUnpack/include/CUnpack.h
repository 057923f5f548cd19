// xz and bzip2 by the system's libraries, which are loaded when the first such stream is met: few are.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum tutti_packing { tutti_packing_xz, tutti_packing_bzip2 };

enum tutti_unpack_result {
    tutti_unpack_more,      // goes on with more input, or with the same when there is room for more output
    tutti_unpack_end,       // a stream is over; another may follow
    tutti_unpack_corrupt,
    tutti_unpack_memory,    // wants more memory than it may have
    tutti_unpack_unsupported,
};

// Something that unpacks streams, one after the other, with at most so many bytes of memory. NULL when the library
// cannot be loaded or there is no memory.
void *tutti_unpack_open(enum tutti_packing packing, uint64_t memory);

void tutti_unpack_close(void *unpacker);

// Unpacks some of `input` to `output`; both counts are changed to what is left.
enum tutti_unpack_result tutti_unpack_some(
    void *unpacker, const void *input, size_t *input_left, void *output, size_t *output_left
);
