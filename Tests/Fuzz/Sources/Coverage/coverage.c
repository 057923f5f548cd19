#include "coverage.h"

#include <stdint.h>

enum { capacity = 1 << 21 };

static uint8_t counters[capacity];
static uint32_t count;

void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);

/* Gives each guard of a module a counter, and libFuzzer the counters. */
void __wrap___sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
    if (start == stop || *start != 0) return;
    uint32_t first = count + 1;
    for (uint32_t *guard = start; guard < stop && count + 1 < capacity; guard++) *guard = ++count;
    __sanitizer_cov_8bit_counters_init(counters + first, counters + count + 1);
}

/* Counts that an edge was taken; a counter that is full stays so. */
void __wrap___sanitizer_cov_trace_pc_guard(uint32_t *guard) {
    uint8_t *counter = &counters[*guard];
    if (*counter != UINT8_MAX) (*counter)++;
}
