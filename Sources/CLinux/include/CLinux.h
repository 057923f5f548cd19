// The launch interpreter: what a new process does before it becomes the command.
//
// Swift's runtime does not survive a fork, so between clone3 and execve only this C runs. It obeys a launch program, a
// flat run of bytes that Swift has written, and stops at the first step that fails. Nothing here allocates.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

#define TUTTI_PROGRAM_MAGIC 0x31505554u // "TUP1"

// What a step does. `text` counts from the start of the program; `n` are numbers; every step has a label for messages.
enum tutti_operation {
    TUTTI_ENTER = 1,       // join namespaces n[0] (CLONE_NEW* flags) of the process that is entered
    TUTTI_SETNS,           // join the namespace text[0] of type n[0]
    TUTTI_UNSHARE,         // leave the namespaces n[0] for new ones
    TUTTI_WRITE,           // write blob to the file text[0]
    TUTTI_HOSTNAME,        // text[0]
    TUTTI_DOMAINNAME,      // text[0]
    TUTTI_PRIVATE_MOUNTS,  // give every mount the propagation n[0]
    TUTTI_OVERLAY,         // text[0] mount point; text[1] upper; text[2] work; blob: lower folders, top first; n[0]: volatile
    TUTTI_BIND_ROOT,       // text[0] mount point; text[1] source
    TUTTI_MOUNT,           // text[0] file system; text[1] target; text[2] options; n[0] mount flags; n[1] 1: target is ours,
                           // whatever the image put there
    TUTTI_KEEP_TREE,       // text[0] source; n[0] 1: with submounts; n[1]: where it is kept, below TUTTI_KEPT_TREES
    TUTTI_BIND,            // text[0] source; text[1] target; n[0] attributes to set; n[1] propagation, with MS_REC for submounts
                           // too; n[2] 1: with submounts, 3: which get the attributes too; n[3] 0, 1: text[2] is a path below
                           // source, 2 and more: the tree that is kept there
    TUTTI_BIND_FOREIGN,    // text[0] a mount namespace; text[1] source, as it is seen there; text[2] target
    TUTTI_MASK,            // text[0]
    TUTTI_READ_ONLY,       // text[0]
    TUTTI_DEVICE,          // text[0] path; n[0] mode with type; n[1] device number; n[2] uid; n[3] gid
    TUTTI_SYMLINK,         // text[0] what it says; text[1] where
    TUTTI_FOLDER,          // text[0], made where it is missing
    TUTTI_PIVOT,           // make the root that OVERLAY or BIND_ROOT mounted the root of everything
    TUTTI_ROOT_READ_ONLY,  //
    TUTTI_TERMINAL,        // allocate a terminal in the container's devpts, make it standard; n[0] rows; n[1] columns; n[2] console
    TUTTI_RLIMIT,          // n[0] resource; n[1] soft; n[2] hard
    TUTTI_BOUNDING,        // n[0]: mask of the capabilities kept in the bounding set
    TUTTI_USER,            // n[0] uid; n[1] gid; blob: groups, 32-bit
    TUTTI_CAPABILITIES,    // n[0] effective and permitted; n[1] inheritable; n[2] ambient
    TUTTI_NO_NEW_PRIVS,    //
    TUTTI_SECCOMP,         // blob: struct sock_filter[]
    TUTTI_CONFINE,         // blob: what AppArmor is told of the execve to come
    TUTTI_CHDIR,           // text[0]
    TUTTI_UMASK,           // n[0]
    TUTTI_EXEC,            // text[0] PATH to search, or empty; text[1] file; blob: arguments, then n[0] of them and n[1] environment
};

#define TUTTI_KEPT_TREES 32
#define TUTTI_STEP_OPTIONAL 1u // a step that may fail without harm

struct tutti_step {
    uint32_t operation;
    uint32_t flags;
    int64_t n[4];
    uint32_t text[3];
    uint32_t label;
    uint32_t blob;
    uint32_t blob_size;
};

struct tutti_program {
    uint32_t magic;
    uint32_t size;        // of the whole program in bytes
    uint64_t clone_flags; // CLONE_NEW* of the new process
    uint32_t step_count;
    uint32_t steps; // where struct tutti_step[] begins
    uint32_t cgroup; // path of a cgroup v2 folder to be born in, or 0
    uint32_t enters_pid_namespace; // 1: be born in the pid namespace of the process that is entered
    uint32_t pid_namespace;        // or in the one that this path stands for, or 0
    uint32_t reserved;
};

struct tutti_launched {
    int pid;
    int pidfd;
    int terminal; // the master side, or -1
    int step;     // index of the step that failed, -1 if none did, -2 before the first
    int error;    // errno of that failure, 0 if none
    char label[256]; // the failed step in words
};

// Starts a process that obeys `program`. `standard` are the three standard descriptors (ignored where the program
// allocates a terminal); `entered` is a pidfd whose namespaces ENTER joins, or -1. Returns 0 or an errno value; `launched` says the rest.
int tutti_launch(const void *program, size_t size, const int standard[3], int entered, struct tutti_launched *launched);

// Performs the program's steps, which only mount, in a mount namespace that this thread enters for good: what they make goes
// with the thread. `root` is the tree's root then; `failed` is the step that failed, -1 for none. Returns 0 or an errno value.
int tutti_look_in(const void *program, size_t size, int *root, int *failed);

// Starts `file` with `arguments` from a read-only clone of its mount, so that nothing that reaches the new process's
// /proc/PID/exe can write to the file. `inherited[i]` becomes descriptor i; all others are closed. Returns 0 or an errno value.
int tutti_spawn(const char *file, char *const arguments[], char *const environment[], const int *inherited, int count,
                int *pid, int *pidfd);

// errno, right after a call.
int tutti_errno(void);

// Thin calls that glibc 2.36 lacks or that are variadic.
int tutti_pidfd_open(int pid);
int tutti_pidfd_send_signal(int pidfd, int signal);
int tutti_openat2(int folder, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int tutti_file_system(const char *type); // the root folder of a file system that is mounted nowhere, to be read
int tutti_memory_file(const char *name); // memfd_create, close-on-exec
int tutti_synchronize_file_system(int descriptor); // syncfs
int tutti_end_with_parent(void); // prctl, PR_SET_PDEATHSIG
int tutti_bpf_device_attach(const void *instructions, uint32_t count, int cgroup);
