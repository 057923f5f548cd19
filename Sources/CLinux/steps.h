// One step of a launch program, performed in the new process.
#pragma once

#include "CLinux.h"
#include "closing.h"

// What the steps so far have made.
struct launch {
    const char *program;
    int root;     // the container's root while it is not yet the root of everything, or -1
    int entered;  // pidfd of the process whose namespaces are joined, or -1
    int terminal; // where the master side of the terminal is sent
    int kept[TUTTI_KEPT_TREES]; // mounts that were cloned and wait for their place
};

// Returns 0, or -1 with errno.
int perform(struct launch *launch, const struct tutti_step *step);

// Opens `path` below the container's root, following nothing out of it. With `create`, makes what is missing.
enum target_kind { TARGET_ANY, TARGET_FOLDER, TARGET_FILE, TARGET_OWN_FOLDER };
int open_target(const struct launch *launch, const char *path, enum target_kind create);

// Opens the folder that `path` is in and points `name` at the last part.
int open_parent(const struct launch *launch, const char *path, const char **name);

// Opens a device node for reading and writing.
int open_device(const struct launch *launch, const char *path);

// Mounts, in mounts.c.
int mount_overlay(struct launch *launch, const struct tutti_step *step);
int mount_root(struct launch *launch, const struct tutti_step *step);
int mount_file_system(struct launch *launch, const struct tutti_step *step);
int keep_tree(struct launch *launch, const struct tutti_step *step);
int mount_foreign(struct launch *launch, const struct tutti_step *step);
int mount_bind(struct launch *launch, const struct tutti_step *step);
int mount_mask(struct launch *launch, const struct tutti_step *step);
int mount_read_only(struct launch *launch, const struct tutti_step *step);
int pivot(struct launch *launch);
int root_read_only(void);
int mount_over(int source, int target);
