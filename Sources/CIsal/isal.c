#define _GNU_SOURCE
#include "CIsal.h"

#include <dlfcn.h>
#include <pthread.h>

static struct tutti_isal library;
static int is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *isal = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!isal) return;
    *(void **)&library.inflate_init = dlsym(isal, "isal_inflate_init");
    *(void **)&library.inflate_reset = dlsym(isal, "isal_inflate_reset");
    *(void **)&library.inflate = dlsym(isal, "isal_inflate");
    is_loaded = library.inflate_init && library.inflate_reset && library.inflate;
}

const struct tutti_isal *tutti_isal(void) {
    pthread_once(&once, load);
    return is_loaded ? &library : NULL;
}
