#define _GNU_SOURCE
#include "CLinux.h"
#include "steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct report {
    int step;
    int error;
};

// Whether every offset that the program names lies inside it.
static int is_sound(const struct tutti_program *program, size_t size) {
    if (size < sizeof *program || program->magic != TUTTI_PROGRAM_MAGIC || program->size != size) return 0;
    if (program->steps > size || (size - program->steps) / sizeof(struct tutti_step) < program->step_count) return 0;
    if (((const char *)program)[size - 1] != 0 || program->cgroup >= size || program->pid_namespace >= size) return 0;
    const struct tutti_step *steps = (const void *)((const char *)program + program->steps);
    for (uint32_t i = 0; i < program->step_count; i++) {
        const struct tutti_step *step = &steps[i];
        for (int t = 0; t < 3; t++)
            if (step->text[t] >= size) return 0;
        if (step->label >= size || step->blob > size || size - step->blob < step->blob_size) return 0;
    }
    return 1;
}

static void default_signals(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Moves the descriptors clear of 0–2 first, as they may already be there in another order.
static int take_standard(const int standard[3]) {
    int moved[3];
    for (int i = 0; i < 3; i++)
        if ((moved[i] = fcntl(standard[i], F_DUPFD_CLOEXEC, 10)) < 0) return -1;
    for (int i = 0; i < 3; i++)
        if (dup2(moved[i], i) < 0) return -1;
    return 0;
}

static void fail(int reports, int step) {
    struct report report = {.step = step, .error = errno};
    if (write(reports, &report, sizeof report) < 0) _exit(125);
    _exit(125);
}

static void child(const struct tutti_program *program, const int standard[3], int entered, int reports, int terminal) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    default_signals();
    // What the steps make is for the container's users too, however private the caller keeps its own files.
    umask(0022);
    setsid();
    if (take_standard(standard) < 0) fail(reports, -2);
    struct launch launch = {.program = (const char *)program, .root = -1, .entered = entered, .terminal = terminal};
    const struct tutti_step *steps = (const void *)(launch.program + program->steps);
    for (uint32_t i = 0; i < program->step_count; i++)
        if (perform(&launch, &steps[i]) < 0 && !(steps[i].flags & TUTTI_STEP_OPTIONAL)) fail(reports, (int)i);
    errno = ENOEXEC;
    fail(reports, -2);
}

static int receive_descriptor(int socket) {
    char byte, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS) return -1;
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

// A new process is born in the pid namespace that its parent points at, so point there for the time of the birth.
static int birth(struct clone_args *arguments, int into_pid_namespace) {
    if (into_pid_namespace < 0) return (int)syscall(SYS_clone3, arguments, sizeof *arguments);
    int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    if (own < 0) return -1;
    if (setns(into_pid_namespace, CLONE_NEWPID) < 0) {
        int error = errno;
        close(own);
        errno = error;
        return -1;
    }
    int pid = (int)syscall(SYS_clone3, arguments, sizeof *arguments);
    if (pid == 0) return 0;
    int error = errno;
    setns(own, CLONE_NEWPID);
    close(own);
    errno = error;
    return pid;
}

static void await_exec(const struct tutti_program *program, int reports, struct tutti_launched *launched) {
    struct report report;
    ssize_t count;
    while ((count = read(reports, &report, sizeof report)) < 0 && errno == EINTR) {}
    if (count != sizeof report) return;
    launched->step = report.step;
    launched->error = report.error ? report.error : EIO;
    if (report.step >= 0 && (uint32_t)report.step < program->step_count) {
        const struct tutti_step *steps = (const void *)((const char *)program + program->steps);
        strncpy(launched->label, (const char *)program + steps[report.step].label, sizeof launched->label - 1);
    }
    siginfo_t info;
    while (waitid((idtype_t)P_PIDFD, (id_t)launched->pidfd, &info, WEXITED) < 0 && errno == EINTR) {}
    close(launched->pidfd);
    launched->pidfd = -1;
}

int tutti_look_in(const void *bytes, size_t size, int *root, int *failed) {
    const struct tutti_program *program = bytes;
    *root = -1;
    *failed = -1;
    if (!is_sound(program, size)) return EINVAL;
    if (unshare(CLONE_NEWNS) < 0) return errno;
    struct launch launch = {.program = (const char *)program, .root = -1, .entered = -1, .terminal = -1};
    const struct tutti_step *steps = (const void *)(launch.program + program->steps);
    for (uint32_t i = 0; i < program->step_count; i++)
        if (perform(&launch, &steps[i]) < 0 && !(steps[i].flags & TUTTI_STEP_OPTIONAL)) {
            *failed = (int)i;
            return errno;
        }
    *root = launch.root;
    return 0;
}

int tutti_launch(const void *bytes, size_t size, const int standard[3], int entered, struct tutti_launched *launched) {
    const struct tutti_program *program = bytes;
    *launched = (struct tutti_launched){.pid = -1, .pidfd = -1, .terminal = -1, .step = -2};
    int reports[2] = {-1, -1}, terminal[2] = {-1, -1}, cgroup = -1, pid_namespace = -1;
    if (!is_sound(program, size)) {
        launched->error = EINVAL;
        return EINVAL;
    }
    struct clone_args arguments = {
        .flags = program->clone_flags | CLONE_PIDFD,
        .pidfd = (uint64_t)(uintptr_t)&launched->pidfd,
        .exit_signal = SIGCHLD,
    };
    if (pipe2(reports, O_CLOEXEC) < 0) goto failed;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, terminal) < 0) goto failed;
    if (program->cgroup) {
        cgroup = open((const char *)bytes + program->cgroup, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (cgroup < 0) goto failed;
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    if (program->pid_namespace) {
        pid_namespace = open((const char *)bytes + program->pid_namespace, O_RDONLY | O_CLOEXEC);
        if (pid_namespace < 0) goto failed;
    }
    int pid = birth(&arguments, program->enters_pid_namespace ? entered : pid_namespace);
    if (pid < 0) goto failed;
    if (pid == 0) child(program, standard, entered, reports[1], terminal[1]);
    launched->pid = pid;
    launched->step = -1;
    close(reports[1]);
    reports[1] = -1;
    await_exec(program, reports[0], launched);
    if (launched->error == 0) launched->terminal = receive_descriptor(terminal[0]);
    goto done;
failed:
    launched->error = errno;
done:
    for (int i = 0; i < 2; i++) {
        if (reports[i] >= 0) close(reports[i]);
        if (terminal[i] >= 0) close(terminal[i]);
    }
    if (cgroup >= 0) close(cgroup);
    if (pid_namespace >= 0) close(pid_namespace);
    return launched->error;
}
