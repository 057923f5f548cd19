#define _GNU_SOURCE
#include "CUnpack.h"

#include <bzlib.h>
#include <dlfcn.h>
#include <limits.h>
#include <lzma.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Exactly the functions that are used, found by name once.
static struct {
    lzma_ret (*xz_begin)(lzma_stream *, uint64_t, uint32_t);
    lzma_ret (*xz_code)(lzma_stream *, lzma_action);
    void (*xz_end)(lzma_stream *);
    int (*bzip2_begin)(bz_stream *, int, int);
    int (*bzip2_code)(bz_stream *);
    int (*bzip2_end)(bz_stream *);
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *xz = dlopen("liblzma.so.5", RTLD_NOW | RTLD_LOCAL);
    if (xz) {
        *(void **)&library.xz_begin = dlsym(xz, "lzma_stream_decoder");
        *(void **)&library.xz_code = dlsym(xz, "lzma_code");
        *(void **)&library.xz_end = dlsym(xz, "lzma_end");
    }
    // Debian and Fedora name it differently.
    void *bzip2 = dlopen("libbz2.so.1.0", RTLD_NOW | RTLD_LOCAL);
    if (!bzip2) bzip2 = dlopen("libbz2.so.1", RTLD_NOW | RTLD_LOCAL);
    if (bzip2) {
        *(void **)&library.bzip2_begin = dlsym(bzip2, "BZ2_bzDecompressInit");
        *(void **)&library.bzip2_code = dlsym(bzip2, "BZ2_bzDecompress");
        *(void **)&library.bzip2_end = dlsym(bzip2, "BZ2_bzDecompressEnd");
    }
}

struct unpacker {
    enum tutti_packing packing;
    uint64_t memory;
    int is_open;
    lzma_stream xz;
    bz_stream bzip2;
};

static int begin(struct unpacker *self) {
    int is_good;
    if (self->packing == tutti_packing_xz) {
        memset(&self->xz, 0, sizeof self->xz);
        is_good = library.xz_begin(&self->xz, self->memory, 0) == LZMA_OK;
    } else {
        // It never takes more than four megabytes.
        memset(&self->bzip2, 0, sizeof self->bzip2);
        is_good = library.bzip2_begin(&self->bzip2, 0, 0) == BZ_OK;
    }
    self->is_open = is_good;
    return is_good;
}

static void end(struct unpacker *self) {
    if (!self->is_open) return;
    if (self->packing == tutti_packing_xz) library.xz_end(&self->xz);
    else library.bzip2_end(&self->bzip2);
    self->is_open = 0;
}

void *tutti_unpack_open(enum tutti_packing packing, uint64_t memory) {
    pthread_once(&once, load);
    int is_xz = packing == tutti_packing_xz;
    int has_xz = library.xz_begin && library.xz_code && library.xz_end;
    int has_bzip2 = library.bzip2_begin && library.bzip2_code && library.bzip2_end;
    if (is_xz ? !has_xz : !has_bzip2) return NULL;
    struct unpacker *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->packing = packing;
    self->memory = memory;
    return self;
}

void tutti_unpack_close(void *unpacker) {
    struct unpacker *self = unpacker;
    if (!self) return;
    end(self);
    free(self);
}

static enum tutti_unpack_result xz_some(
    struct unpacker *self, const void *input, size_t *input_left, void *output, size_t *output_left
) {
    self->xz.next_in = input;
    self->xz.avail_in = *input_left;
    self->xz.next_out = output;
    self->xz.avail_out = *output_left;
    lzma_ret result = library.xz_code(&self->xz, LZMA_RUN);
    *input_left = self->xz.avail_in;
    *output_left = self->xz.avail_out;
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: return tutti_unpack_more;
    case LZMA_STREAM_END: return tutti_unpack_end;
    case LZMA_MEMLIMIT_ERROR:
    case LZMA_MEM_ERROR: return tutti_unpack_memory;
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK: return tutti_unpack_unsupported;
    default: return tutti_unpack_corrupt;
    }
}

static enum tutti_unpack_result bzip2_some(
    struct unpacker *self, const void *input, size_t *input_left, void *output, size_t *output_left
) {
    unsigned in = *input_left > UINT_MAX ? UINT_MAX : (unsigned)*input_left;
    unsigned out = *output_left > UINT_MAX ? UINT_MAX : (unsigned)*output_left;
    self->bzip2.next_in = (char *)input;
    self->bzip2.avail_in = in;
    self->bzip2.next_out = output;
    self->bzip2.avail_out = out;
    int result = library.bzip2_code(&self->bzip2);
    *input_left -= in - self->bzip2.avail_in;
    *output_left -= out - self->bzip2.avail_out;
    if (result == BZ_OK) return tutti_unpack_more;
    if (result == BZ_STREAM_END) return tutti_unpack_end;
    return result == BZ_MEM_ERROR ? tutti_unpack_memory : tutti_unpack_corrupt;
}

enum tutti_unpack_result tutti_unpack_some(
    void *unpacker, const void *input, size_t *input_left, void *output, size_t *output_left
) {
    struct unpacker *self = unpacker;
    if (!self->is_open && !begin(self)) return tutti_unpack_memory;
    enum tutti_unpack_result result = self->packing == tutti_packing_xz
        ? xz_some(self, input, input_left, output, output_left)
        : bzip2_some(self, input, input_left, output, output_left);
    if (result == tutti_unpack_end) end(self);
    return result;
}
