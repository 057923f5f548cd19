#define _GNU_SOURCE
#include "CLinux.h"
#include "closing.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int tutti_errno(void) { return errno; }

int tutti_synchronize_file_system(int descriptor) { return syncfs(descriptor); }

int tutti_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }

int tutti_pidfd_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int tutti_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int tutti_openat2(int folder, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int tutti_file_system(const char *type) {
    int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
    if (context < 0) return -1;
    int mount = -1;
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
    mount = closing(context, mount);
    return mount < 0 ? -1 : closing(mount, openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int tutti_bpf_device_attach(const void *instructions, uint32_t count, int cgroup) {
    static const char license[] = "Apache-2.0";
    union bpf_attr load = {0}, attach = {0};
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = (uint64_t)(uintptr_t)instructions;
    load.insn_cnt = count;
    load.license = (uint64_t)(uintptr_t)license;
    int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
    if (program < 0) return -1;
    attach.target_fd = (uint32_t)cgroup;
    attach.attach_bpf_fd = (uint32_t)program;
    attach.attach_type = BPF_CGROUP_DEVICE;
    attach.attach_flags = BPF_F_ALLOW_MULTI;
    int result = (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof attach);
    int error = errno;
    close(program);
    errno = error;
    return result;
}

// In the child of a vfork: only calls, no writes to memory that the parent will read.
static void become(int program, char *const arguments[], char *const environment[], const int *inherited, int count) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int moved[16];
    for (int i = 0; i < count; i++) moved[i] = inherited[i] < 0 ? -1 : fcntl(inherited[i], F_DUPFD_CLOEXEC, 64);
    int executable = fcntl(program, F_DUPFD_CLOEXEC, 64);
    for (int i = 0; i < count; i++) {
        if (moved[i] >= 0) dup2(moved[i], i);
        else close(i);
    }
    syscall(SYS_close_range, (unsigned)count, ~0u, CLOSE_RANGE_CLOEXEC);
    syscall(SYS_execveat, executable, "", arguments, environment, AT_EMPTY_PATH);
}

int tutti_spawn(const char *file, char *const arguments[], char *const environment[], const int *inherited, int count,
                int *pid, int *pidfd) {
    if (count > 16) return E2BIG;
    int program = (int)syscall(SYS_open_tree, AT_FDCWD, file, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (program < 0) return errno;
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    if (syscall(SYS_mount_setattr, program, "", AT_EMPTY_PATH, &read_only, sizeof read_only) < 0) {
        int error = errno;
        close(program);
        return error;
    }
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    volatile int failure = 0;
    int child = vfork();
    if (child == 0) {
        become(program, arguments, environment, inherited, count);
        failure = errno;
        _exit(127);
    }
    int error = child < 0 ? errno : failure;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(program);
    if (child < 0) return error;
    *pid = child;
    *pidfd = tutti_pidfd_open(child);
    return error;
}

int tutti_end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }
