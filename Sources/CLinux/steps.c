#define _GNU_SOURCE
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PROC_ROOT = 1 };

static const char *text(const struct launch *launch, const struct tutti_step *step, int which) {
    return launch->program + step->text[which];
}

static int join(const struct launch *launch, const struct tutti_step *step) {
    int descriptor = open(text(launch, step, 0), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    return closing(descriptor, setns(descriptor, (int)step->n[0]));
}

static int write_file(const struct launch *launch, const struct tutti_step *step) {
    int descriptor = open(text(launch, step, 0), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t count = write(descriptor, launch->program + step->blob, step->blob_size);
    return closing(descriptor, count < 0 ? -1 : 0);
}

static int make_device(const struct launch *launch, const struct tutti_step *step) {
    const char *name;
    int parent = open_parent(launch, text(launch, step, 0), &name);
    if (parent < 0) return -1;
    mode_t mode = (mode_t)step->n[0];
    if (mknodat(parent, name, mode, (dev_t)step->n[1]) < 0 && errno != EEXIST) return closing(parent, -1);
    if (fchmodat(parent, name, mode & 07777, 0) < 0) return closing(parent, -1);
    return closing(parent, fchownat(parent, name, (uid_t)step->n[2], (gid_t)step->n[3], AT_SYMLINK_NOFOLLOW));
}

static int make_link(const struct launch *launch, const struct tutti_step *step) {
    const char *name;
    int parent = open_parent(launch, text(launch, step, 1), &name);
    if (parent < 0) return -1;
    int result = symlinkat(text(launch, step, 0), parent, name);
    return closing(parent, result < 0 && errno != EEXIST ? -1 : 0);
}

static int make_folder(const struct launch *launch, const struct tutti_step *step) {
    int folder = open_target(launch, text(launch, step, 0), TARGET_FOLDER);
    if (folder < 0) return -1;
    struct stat status;
    int result = fstat(folder, &status);
    if (result == 0 && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        result = -1;
    }
    return closing(folder, result);
}

static int send_descriptor(int socket, int descriptor) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(socket, &message, 0) < 0 ? -1 : 0;
}

// The multiplexer of a real devpts, whatever the container has put in its place.
static int open_multiplexer(const struct launch *launch) {
    int master = open_device(launch, "/dev/pts/ptmx");
    if (master < 0) return -1;
    struct stat status;
    struct statfs system;
    if (fstat(master, &status) < 0 || fstatfs(master, &system) < 0) return closing(master, -1);
    if (status.st_rdev == makedev(5, 2) && system.f_type == DEVPTS_SUPER_MAGIC) return master;
    errno = ENODEV;
    return closing(master, -1);
}

static int make_console(const struct launch *launch, int slave) {
    int target = open_target(launch, "/dev/console", TARGET_FILE);
    if (target < 0) return -1;
    int tree = (int)syscall(SYS_open_tree, slave, "", 1 | O_CLOEXEC | AT_EMPTY_PATH);
    if (tree < 0) return closing(target, -1);
    return closing(target, closing(tree, mount_over(tree, target)));
}

static int make_terminal(const struct launch *launch, const struct tutti_step *step) {
    int master = open_multiplexer(launch), unlocked = 0;
    if (master < 0) return -1;
    if (ioctl(master, TIOCSPTLCK, &unlocked) < 0) return closing(master, -1);
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return closing(master, -1);
    struct winsize size = {.ws_row = (unsigned short)step->n[0], .ws_col = (unsigned short)step->n[1]};
    if (size.ws_row) ioctl(master, TIOCSWINSZ, &size);
    if (step->n[2] && make_console(launch, slave) < 0) return -1;
    for (int i = 0; i < 3; i++)
        if (dup2(slave, i) < 0) return -1;
    if (ioctl(0, TIOCSCTTY, 0) < 0) return -1;
    if (send_descriptor(launch->terminal, master) < 0) return -1;
    close(slave);
    close(master);
    return 0;
}

static int drop_bounding(uint64_t kept) {
    for (int number = 0; number <= 63; number++) {
        if (kept >> number & 1) continue;
        if (prctl(PR_CAPBSET_READ, number) < 0) break;
        if (prctl(PR_CAPBSET_DROP, number) < 0) return -1;
    }
    return 0;
}

// Lets a process that is not root open its own /dev/stdout again. Files of the caller's keep their owner.
static void own_standard(uid_t user) {
    struct stat status;
    for (int i = 0; i < 3; i++) {
        if (fstat(i, &status) < 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) continue;
        if (S_ISCHR(status.st_mode) && !isatty(i)) continue;
        if (fchown(i, user, (gid_t)-1) < 0) continue;
    }
}

// Raw calls: glibc's wrappers would try to synchronise threads that this process does not have.
static int become_user(const struct launch *launch, const struct tutti_step *step) {
    const gid_t *groups = (const void *)(launch->program + step->blob);
    uid_t user = (uid_t)step->n[0];
    gid_t group = (gid_t)step->n[1];
    if (user != 0) own_standard(user);
    if (prctl(PR_SET_KEEPCAPS, 1) < 0) return -1;
    if (syscall(SYS_setgroups, step->blob_size / sizeof(gid_t), groups) < 0) return -1;
    if (syscall(SYS_setresgid, group, group, group) < 0) return -1;
    if (syscall(SYS_setresuid, user, user, user) < 0) return -1;
    return prctl(PR_SET_KEEPCAPS, 0);
}

static int set_capabilities(const struct tutti_step *step) {
    uint64_t effective = (uint64_t)step->n[0], inheritable = (uint64_t)step->n[1], ambient = (uint64_t)step->n[2];
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int half = 0; half < 2; half++) {
        data[half].effective = data[half].permitted = (uint32_t)(effective >> (32 * half));
        data[half].inheritable = (uint32_t)(inheritable >> (32 * half));
    }
    if (syscall(SYS_capset, &header, data) < 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) return -1;
    for (int number = 0; number < 64; number++)
        if (ambient >> number & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) < 0) return -1;
    return 0;
}

static int filter_calls(const struct launch *launch, const struct tutti_step *step) {
    struct sock_fprog program = {
        .len = (unsigned short)(step->blob_size / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)(void *)(launch->program + step->blob),
    };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

// The process's own file in a real procfs, from its root on, whatever the container has mounted over it.
static int open_own_attribute(const char *path) {
    struct open_how how = {
        .flags = O_WRONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS};
    struct statfs system;
    struct stat status;
    int folder = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || fstatfs(folder, &system) < 0 || fstat(folder, &status) < 0) return closing(folder, -1);
    if (system.f_type == PROC_SUPER_MAGIC && status.st_ino == PROC_ROOT)
        return closing(folder, (int)syscall(SYS_openat2, folder, path, &how, sizeof how));
    errno = ENODEV;
    return closing(folder, -1);
}

static int confine(const struct launch *launch, const struct tutti_step *step) {
    int descriptor = open_own_attribute("thread-self/attr/apparmor/exec");
    if (descriptor < 0) return -1;
    ssize_t count = write(descriptor, launch->program + step->blob, step->blob_size);
    return closing(descriptor, count < 0 ? -1 : 0);
}

// A folder that lies outside the root has no name, and whoever works in one can climb out.
static int change_folder(const struct launch *launch, const struct tutti_step *step) {
    char name[PATH_MAX];
    if (chdir(text(launch, step, 0)) < 0) return -1;
    if (syscall(SYS_getcwd, name, sizeof name) < 0) return -1;
    if (name[0] == '/') return 0;
    errno = ENOENT;
    return -1;
}

static int search(const char *path, const char *file, char *const arguments[], char *const environment[]) {
    int refused = 0;
    char name[PATH_MAX];
    for (const char *folder = path; folder; folder = strchr(folder, ':') ? strchr(folder, ':') + 1 : NULL) {
        size_t length = strcspn(folder, ":");
        if (length + strlen(file) + 2 > sizeof name) continue;
        memcpy(name, folder, length);
        name[length] = '/';
        strcpy(name + length + 1, file);
        execve(length ? name : file, arguments, environment);
        if (errno == EACCES) refused = 1;
        else if (errno != ENOENT && errno != ENOTDIR) return -1;
    }
    errno = refused ? EACCES : ENOENT;
    return -1;
}

static const char *collect(const char *strings, const char *end, int64_t count, char **into) {
    for (int64_t i = 0; i < count && strings < end; i++, strings += strlen(strings) + 1) *into++ = (char *)strings;
    *into = NULL;
    return strings;
}

static int execute(const struct launch *launch, const struct tutti_step *step) {
    if (step->n[0] < 1 || step->n[0] > 1 << 17 || step->n[1] < 0 || step->n[1] > 1 << 17) {
        errno = E2BIG;
        return -1;
    }
    char *arguments[step->n[0] + 1], *environment[step->n[1] + 1];
    const char *end = launch->program + step->blob + step->blob_size;
    collect(collect(launch->program + step->blob, end, step->n[0], arguments), end, step->n[1], environment);
    // A change of user has cleared it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) < 0) return -1;
    if (*text(launch, step, 0)) return search(text(launch, step, 0), text(launch, step, 1), arguments, environment);
    return execve(text(launch, step, 1), arguments, environment);
}

int perform(struct launch *launch, const struct tutti_step *step) {
    struct rlimit limit = {.rlim_cur = (rlim_t)step->n[1], .rlim_max = (rlim_t)step->n[2]};
    switch ((enum tutti_operation)step->operation) {
    case TUTTI_ENTER: return setns(launch->entered, (int)step->n[0]);
    case TUTTI_SETNS: return join(launch, step);
    case TUTTI_UNSHARE: return unshare((int)step->n[0]);
    case TUTTI_WRITE: return write_file(launch, step);
    case TUTTI_HOSTNAME: return sethostname(text(launch, step, 0), strlen(text(launch, step, 0)));
    case TUTTI_DOMAINNAME: return setdomainname(text(launch, step, 0), strlen(text(launch, step, 0)));
    case TUTTI_PRIVATE_MOUNTS: return mount("", "/", NULL, (unsigned long)step->n[0], NULL);
    case TUTTI_OVERLAY: return mount_overlay(launch, step);
    case TUTTI_BIND_ROOT: return mount_root(launch, step);
    case TUTTI_MOUNT: return mount_file_system(launch, step);
    case TUTTI_KEEP_TREE: return keep_tree(launch, step);
    case TUTTI_BIND: return mount_bind(launch, step);
    case TUTTI_BIND_FOREIGN: return mount_foreign(launch, step);
    case TUTTI_MASK: return mount_mask(launch, step);
    case TUTTI_READ_ONLY: return mount_read_only(launch, step);
    case TUTTI_DEVICE: return make_device(launch, step);
    case TUTTI_SYMLINK: return make_link(launch, step);
    case TUTTI_FOLDER: return make_folder(launch, step);
    case TUTTI_PIVOT: return pivot(launch);
    case TUTTI_ROOT_READ_ONLY: return root_read_only();
    case TUTTI_TERMINAL: return make_terminal(launch, step);
    case TUTTI_RLIMIT: return prlimit(0, (enum __rlimit_resource)step->n[0], &limit, NULL);
    case TUTTI_BOUNDING: return drop_bounding((uint64_t)step->n[0]);
    case TUTTI_USER: return become_user(launch, step);
    case TUTTI_CAPABILITIES: return set_capabilities(step);
    case TUTTI_NO_NEW_PRIVS: return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    case TUTTI_SECCOMP: return filter_calls(launch, step);
    case TUTTI_CONFINE: return confine(launch, step);
    case TUTTI_CHDIR: return change_folder(launch, step);
    case TUTTI_UMASK: umask((mode_t)step->n[0]); return 0;
    case TUTTI_EXEC: return execute(launch, step);
    }
    errno = ENOSYS;
    return -1;
}
