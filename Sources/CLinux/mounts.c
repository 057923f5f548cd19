// The steps that build the container's tree. Targets are descriptors, never paths that somebody could swap.
#define _GNU_SOURCE
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const char *text(const struct launch *launch, const struct tutti_step *step, int which) {
    return launch->program + step->text[which];
}

static int clone_tree(int source, int with_submounts) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (with_submounts ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_open_tree, source, "", flags);
}

static int set_attributes(int tree, uint64_t attributes, uint64_t propagation, int with_submounts) {
    struct mount_attr attr = {.attr_set = attributes, .propagation = propagation};
    if (!attributes && !propagation) return 0;
    return (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | (with_submounts ? AT_RECURSIVE : 0), &attr, sizeof attr);
}

int mount_over(int tree, int target) {
    return (int)syscall(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

// Appends an option `name=/proc/self/fd/N` for the folder at `path`: short, and proof against commas and colons in it.
static int append(char *options, size_t capacity, const char *separator, const char *path) {
    int descriptor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    size_t used = strlen(options);
    int written = snprintf(options + used, capacity - used, "%s/proc/self/fd/%d", separator, descriptor);
    if (written > 0 && (size_t)written < capacity - used) return 0;
    errno = E2BIG;
    return -1;
}

int mount_overlay(struct launch *launch, const struct tutti_step *step) {
    char options[4096] = "redirect_dir=off,metacopy=off,index=off";
    if (step->n[0]) strcat(options, ",volatile");
    const char *lower = launch->program + step->blob, *end = lower + step->blob_size;
    for (const char *separator = ",lowerdir="; lower < end; lower += strlen(lower) + 1, separator = ":")
        if (append(options, sizeof options, separator, lower) < 0) return -1;
    if (*text(launch, step, 1)) {
        if (append(options, sizeof options, ",upperdir=", text(launch, step, 1)) < 0) return -1;
        if (append(options, sizeof options, ",workdir=", text(launch, step, 2)) < 0) return -1;
    }
    if (mount("overlay", text(launch, step, 0), "overlay", 0, options) < 0) return -1;
    launch->root = open(text(launch, step, 0), O_PATH | O_DIRECTORY | O_CLOEXEC);
    return launch->root < 0 ? -1 : 0;
}

int mount_root(struct launch *launch, const struct tutti_step *step) {
    if (mount(text(launch, step, 1), text(launch, step, 0), NULL, MS_BIND | MS_REC, NULL) < 0) return -1;
    launch->root = open(text(launch, step, 0), O_PATH | O_DIRECTORY | O_CLOEXEC);
    return launch->root < 0 ? -1 : 0;
}

int mount_file_system(struct launch *launch, const struct tutti_step *step) {
    int target = open_target(launch, text(launch, step, 1), step->n[1] ? TARGET_OWN_FOLDER : TARGET_FOLDER);
    if (target < 0) return -1;
    char place[32];
    snprintf(place, sizeof place, "/proc/self/fd/%d", target);
    const char *type = text(launch, step, 0);
    return closing(target, mount(type, place, type, (unsigned long)step->n[0], text(launch, step, 2)));
}

static int open_source(const struct launch *launch, const struct tutti_step *step) {
    int source = open(text(launch, step, 0), O_PATH | O_CLOEXEC);
    if (source < 0 || !step->n[3]) return source;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return closing(source, (int)syscall(SYS_openat2, source, text(launch, step, 2), &how, sizeof how));
}

// A mount that is to stay a peer of the host's has to be cloned before the new namespace parts from them.
int keep_tree(struct launch *launch, const struct tutti_step *step) {
    if (step->n[1] < 0 || step->n[1] >= TUTTI_KEPT_TREES) {
        errno = EINVAL;
        return -1;
    }
    int source = open(text(launch, step, 0), O_PATH | O_CLOEXEC);
    if (source < 0) return -1;
    launch->kept[step->n[1]] = closing(source, clone_tree(source, step->n[0] != 0));
    return launch->kept[step->n[1]] < 0 ? -1 : 0;
}

static int open_bind(struct launch *launch, const struct tutti_step *step) {
    if (step->n[3] >= 2) {
        int kept = step->n[3] - 2 < TUTTI_KEPT_TREES ? launch->kept[step->n[3] - 2] : 0;
        errno = EBADF;
        return kept > 2 ? kept : -1;
    }
    int source = open_source(launch, step);
    return source < 0 ? -1 : closing(source, clone_tree(source, step->n[2] != 0));
}

static int mount_tree(struct launch *launch, int tree, const char *path) {
    struct stat status;
    if (fstat(tree, &status) < 0) return -1;
    int target = open_target(launch, path, S_ISDIR(status.st_mode) ? TARGET_FOLDER : TARGET_FILE);
    return target < 0 ? -1 : closing(target, mount_over(tree, target));
}

int mount_bind(struct launch *launch, const struct tutti_step *step) {
    int tree = open_bind(launch, step);
    if (tree < 0) return -1;
    uint64_t propagation = (uint64_t)step->n[1] & ~(uint64_t)MS_REC;
    if (set_attributes(tree, (uint64_t)step->n[0], 0, step->n[2] == 3) < 0) return closing(tree, -1);
    if (set_attributes(tree, 0, propagation, (step->n[1] & MS_REC) != 0) < 0) return closing(tree, -1);
    return closing(tree, mount_tree(launch, tree, text(launch, step, 1)));
}

// Goes to the other namespace for as long as it takes to clone what is mounted there.
static int clone_foreign(const char *namespace, const char *source) {
    int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (own < 0) return -1;
    int other = open(namespace, O_RDONLY | O_CLOEXEC);
    if (other < 0) return closing(own, -1);
    if (closing(other, setns(other, CLONE_NEWNS)) < 0) return closing(own, -1);
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    int error = errno;
    if (closing(own, setns(own, CLONE_NEWNS)) < 0) return tree < 0 ? -1 : closing(tree, -1);
    errno = error;
    return tree;
}

int mount_foreign(struct launch *launch, const struct tutti_step *step) {
    int tree = clone_foreign(text(launch, step, 0), text(launch, step, 1));
    if (tree < 0) return -1;
    if (set_attributes(tree, 0, MS_PRIVATE, 0) < 0) return closing(tree, -1);
    return closing(tree, mount_tree(launch, tree, text(launch, step, 2)));
}

static int mask_file(int target) {
    int null = open("/dev/null", O_PATH | O_CLOEXEC);
    if (null < 0) return -1;
    struct stat status;
    if (fstat(null, &status) < 0) return closing(null, -1);
    if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
        errno = ENODEV;
        return closing(null, -1);
    }
    int tree = closing(null, clone_tree(null, 0));
    if (tree < 0) return -1;
    return closing(tree, mount_over(tree, target));
}

static int mask_folder(int target) {
    char place[32];
    snprintf(place, sizeof place, "/proc/self/fd/%d", target);
    return mount("tmpfs", place, "tmpfs", MS_RDONLY, "size=0k,nr_inodes=1");
}

// Kernels differ in what they show: nothing to hide is nothing to do.
int mount_mask(struct launch *launch, const struct tutti_step *step) {
    int target = open_target(launch, text(launch, step, 0), TARGET_ANY);
    if (target < 0) return errno == ENOENT ? 0 : -1;
    struct stat status;
    if (fstat(target, &status) < 0) return closing(target, -1);
    return closing(target, S_ISDIR(status.st_mode) ? mask_folder(target) : mask_file(target));
}

int mount_read_only(struct launch *launch, const struct tutti_step *step) {
    int target = open_target(launch, text(launch, step, 0), TARGET_ANY);
    if (target < 0) return errno == ENOENT ? 0 : -1;
    int tree = clone_tree(target, 1);
    if (tree < 0) return closing(target, -1);
    uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    int result = set_attributes(tree, attributes, 0, 1) < 0 ? -1 : mount_over(tree, target);
    return closing(target, closing(tree, result));
}

int pivot(struct launch *launch) {
    if (fchdir(launch->root) < 0) return -1;
    if (syscall(SYS_pivot_root, ".", ".") < 0) return -1;
    if (umount2(".", MNT_DETACH) < 0) return -1;
    if (chdir("/") < 0) return -1;
    close(launch->root);
    launch->root = -1;
    return 0;
}

int root_read_only(void) {
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    return (int)syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attr, sizeof attr);
}
