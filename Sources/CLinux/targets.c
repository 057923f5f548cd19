// Finding and making places below the container's root, without ever being led out of it.
#define _GNU_SOURCE
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONGEST_RETRY = 32 };

static int open_below(const struct launch *launch, const char *path, uint64_t flags) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    int root = launch->root;
    if (root < 0 && (root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0) return -1;
    int descriptor = -1;
    // The kernel gives EAGAIN when a rename elsewhere made it lose track of `..`.
    for (int i = 0; i < LONGEST_RETRY; i++) {
        descriptor = (int)syscall(SYS_openat2, root, *path ? path : "/", &how, sizeof how);
        if (descriptor >= 0 || errno != EAGAIN) break;
    }
    int error = errno;
    if (root != launch->root) close(root);
    errno = error;
    return descriptor;
}

int open_device(const struct launch *launch, const char *path) {
    return open_below(launch, path, O_RDWR | O_NOCTTY);
}

int open_parent(const struct launch *launch, const char *path, const char **name) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, length);
    folder[length] = 0;
    *name = slash ? slash + 1 : path;
    return open_target(launch, folder, TARGET_FOLDER);
}

static int make(const struct launch *launch, const char *path, enum target_kind kind) {
    const char *name;
    int parent = open_parent(launch, path, &name);
    if (parent < 0) return -1;
    int made = kind == TARGET_FILE ? mknodat(parent, name, S_IFREG | 0644, 0) : mkdirat(parent, name, 0755);
    int error = errno;
    close(parent);
    errno = error;
    return made < 0 && errno != EEXIST ? -1 : 0;
}

// A folder that is really there: an image that put a link or a file in its place loses it.
static int open_own_folder(const struct launch *launch, const char *path) {
    const char *name;
    int parent = open_parent(launch, path, &name);
    if (parent < 0) return -1;
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(status.st_mode)) unlinkat(parent, name, 0);
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) {
        close(parent);
        return -1;
    }
    int descriptor = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    close(parent);
    errno = error;
    return descriptor;
}

int open_target(const struct launch *launch, const char *path, enum target_kind create) {
    if (create == TARGET_OWN_FOLDER) return open_own_folder(launch, path);
    int descriptor = open_below(launch, path, O_PATH);
    if (descriptor >= 0 || errno != ENOENT || create == TARGET_ANY) return descriptor;
    if (make(launch, path, create) < 0) return -1;
    return open_below(launch, path, O_PATH);
}
