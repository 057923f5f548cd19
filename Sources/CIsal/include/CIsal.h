// ISA-L, which is loaded when the first gzip stream is met: most commands meet none, and would pay for it at their start.
#pragma once

#include <isa-l/igzip_lib.h>

// The functions of the library that are used, as its header declares them.
struct tutti_isal {
    void (*inflate_init)(struct inflate_state *);
    void (*inflate_reset)(struct inflate_state *);
    int (*inflate)(struct inflate_state *);
};

// NULL when the library cannot be loaded.
const struct tutti_isal *tutti_isal(void);
