/* What is left of a refusal when a library has swallowed its exception?

   Optional imports are tried and given up in silence; a connection that fails
   is retried.  So a refusal leaves two traces that no Python code can catch:

   - a record, one JSON object a line, in the file that the policy's `$log`
     names ("-": standard error), for every refusal and in audit mode for
     everything that would be refused;
   - one line on standard error for the first refusal of each principal and
     thing, whatever `$log` says; `false` alone turns it off.

   Both are one write() to a file descriptor, below sys.stderr, which anyone
   may replace.  The file is opened for each record: descriptors that are kept
   are closed by daemons, end up in children, and name something else after a
   rotation.  O_APPEND keeps the records of several processes apart, and a
   log that is a symbolic link or a pipe that nobody reads is not written.

   Standard error may be closed, and its number then belongs to whatever was
   opened next: a database, a socket.  What Python opens closes on exec and a
   genuine standard error does not, so a descriptor 2 with FD_CLOEXEC is left
   alone.

   The lines that have been written are remembered by a hash, process wide, in
   a table of fixed size that forgets an old one for a new one: a refusal that
   has never been told is always told, and after very many others it may be
   told again.  The table needs no lock, so none can be left locked in a child
   that another thread forked. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_log.h"
#include "pycore_policy_message.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_chain.h"
#include "pycore_policy_recent.h"
#include "pycore_policy_remedy.h"
#include "pycore_pyhash.h"              // _Py_HashBytes()

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Writing ------------------------------------------------------------- */

/* The whole line at once, without the interpreter's lock: whoever reads the
   other end of a full pipe may be a thread of this very process.  Returns 0
   or an errno; a line that was cut counts as written. */
static int
write_line(int fd, const char *line, size_t n)
{
    ssize_t done;
    int error;
    Py_BEGIN_ALLOW_THREADS
    do {
        done = write(fd, line, n);
        error = errno;
    } while (done < 0 && error == EINTR);
    Py_END_ALLOW_THREADS
    return done < 0 ? error : 0;
}

static void
write_stderr(const char *line, size_t n)
{
    int flags = fcntl(STDERR_FILENO, F_GETFD);
    if (flags >= 0 && !(flags & FD_CLOEXEC)) {
        write_line(STDERR_FILENO, line, n);
    }
}

static void
complain(const char *line)
{
    write_stderr(line, strlen(line));
}

/* The file system may be slow as well, so opening it lets others run too. */
static int
append_once(const char *path, const char *line, size_t n)
{
    int fd, error;
    Py_BEGIN_ALLOW_THREADS
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
                    | O_NONBLOCK | O_NOCTTY, 0644);
    error = errno;
    Py_END_ALLOW_THREADS
    if (fd < 0) {
        return error;
    }
    error = write_line(fd, line, n);
    close(fd);
    return error;
}

/* A child has descriptors of its own, of which it can close one. */
static int
append_in_child(const char *path, const char *line, size_t n)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        int last = (int)sysconf(_SC_OPEN_MAX) - 1;
        for (int fd = last; fd > last - 64 && fd >= 0; fd--) {
            close(fd);
        }
        int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW
                            | O_NONBLOCK | O_NOCTTY, 0644);
        _exit(fd < 0 || write(fd, line, n) < 0 ? errno : 0);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EMFILE;
}

/* Whoever would rather not be written down can use up the descriptors, or let
   no file grow; the latter limit is lifted for as long as it takes. */
static int
append_line(const char *path, const char *line, size_t n)
{
    struct rlimit limits, lifted;
    int error = append_once(path, line, n);
    if (error == EMFILE) {
        return append_in_child(path, line, n);
    }
    if (error != EFBIG || getrlimit(RLIMIT_FSIZE, &limits) < 0) {
        return error;
    }
    lifted = limits;
    lifted.rlim_cur = lifted.rlim_max;
    if (setrlimit(RLIMIT_FSIZE, &lifted) == 0) {
        error = append_once(path, line, n);
        (void)setrlimit(RLIMIT_FSIZE, &limits);
    }
    return error;
}


/* --- Told before? -------------------------------------------------------- */

#define SETS 256
#define WAYS 4

static uint64_t told[SETS][WAYS];

/* Remember that this is told now.  False: it was told before. */
static bool
first_time(const char *principal, const char *what)
{
    _PyPolicyMessage both = {0};
    _PyPolicyMessage_AddBytes(&both, principal, strlen(principal) + 1);
    _PyPolicyMessage_Add(&both, what);
    if (both.failed) {
        _PyPolicyMessage_Clear(&both);
        return true;
    }
    uint64_t hash = (uint64_t)_Py_HashBytes(both.data, (Py_ssize_t)both.n);
    _PyPolicyMessage_Clear(&both);
    hash += !hash;                      /* zero is an empty place */
    uint64_t *set = told[hash % SETS];
    for (int retries = 0; retries < 2 * WAYS; retries++) {
        uint64_t *place = &set[hash / SETS % WAYS];
        for (int i = WAYS; i-- > 0; ) {
            uint64_t there = _Py_atomic_load_uint64(&set[i]);
            if (there == hash) {
                return false;
            }
            place = there == 0 ? &set[i] : place;
        }
        uint64_t old = _Py_atomic_load_uint64(place);
        if (_Py_atomic_compare_exchange_uint64(place, &old, hash)) {
            return true;
        }
        /* Somebody was quicker here, perhaps with the same: look again. */
    }
    return true;
}


/* --- Where to ------------------------------------------------------------ */

/* The record as somebody in the process reads it, who has no message. */
static void
keep_record(const _PyPolicyDenial *denial)
{
    _PyPolicyMessage record = {0}, text = {0};
    _PyPolicyRecord_Add(&record, denial);
    _PyPolicyMessage_Summary(&text, denial);
    _PyPolicyRecord_AddText(&record, "message", text.data ? text.data : "");
    record.failed |= text.failed;
    _PyPolicyMessage_Clear(&text);
    _PyPolicyRemedy_Add(&text, denial);
    _PyPolicyRecord_AddText(&record, "edit", text.data ? text.data : "");
    record.failed |= text.failed;
    _PyPolicyMessage_Clear(&text);
    _PyPolicyMessage_Add(&record, "}");
    if (record.failed) {
        _PyPolicyMessage_Clear(&record);
        return;
    }
    _PyPolicyRecent_Add(record.data);
}


/* The log's path, from the directory of the file that names it. */
static void
add_log_path(_PyPolicyMessage *path, const _PyPolicy *policy, const char *log)
{
    const char *file = _PyPolicy_LogFile(policy);
    const char *slash = strrchr(file, '/');
    if (log[0] != '/' && slash != NULL) {
        _PyPolicyMessage_AddBytes(path, file, (size_t)(slash + 1 - file));
    }
    _PyPolicyMessage_Add(path, log);
}

/* What the system says of the two that are refused on purpose helps nobody. */
static const char *
log_trouble(int error)
{
    switch (error) {
    case ELOOP:
        return "it is a symbolic link";
    case ENXIO:
        return "nobody reads this pipe";
    default:
        return strerror(error);
    }
}

static void
complain_about(const char *path, int error)
{
    if (!first_time("$log", path)) {
        return;
    }
    _PyPolicyMessage line = {0};
    _PyPolicyMessage_Add(&line, "importpolicy: the log ");
    _PyPolicyMessage_AddShown(&line, path);
    _PyPolicyMessage_Add(&line, " cannot be written (");
    _PyPolicyMessage_Add(&line, log_trouble(error));
    _PyPolicyMessage_Add(&line, "); what is refused stays refused\n");
    if (!line.failed) {
        write_stderr(line.data, line.n);
    }
    _PyPolicyMessage_Clear(&line);
}

static void
write_record(const _PyPolicyMessage *record, const _PyPolicy *policy,
             const char *log)
{
    _PyPolicyMessage path = {0};
    add_log_path(&path, policy, log);
    if (record->failed || path.failed) {
        complain("importpolicy: no memory for a log record\n");
    }
    else if (strcmp(log, "-") == 0) {
        write_stderr(record->data, record->n);
    }
    else {
        int error = append_line(path.data, record->data, record->n);
        if (error != 0) {
            complain_about(path.data, error);
        }
    }
    _PyPolicyMessage_Clear(&path);
}

/* Nobody may ever see the exception, and for some refusals there is none. */
static void
add_remedy(_PyPolicyMessage *line, const _PyPolicyDenial *denial)
{
    size_t before = line->n;
    _PyPolicyMessage_Add(line, "; ");
    size_t empty = line->n;
    _PyPolicyRemedy_Add(line, denial);
    if (line->n == empty) {
        line->n = before;
    }
}

static void
write_first_line(const _PyPolicyDenial *denial)
{
    if (!first_time(denial->principal, denial->what)) {
        return;
    }
    _PyPolicyMessage line = {0};
    bool audit = _PyPolicy_IsAudit(denial->policy);
    _PyPolicyMessage_Add(&line, audit ? "importpolicy: audit: "
                                      : "importpolicy: ");
    _PyPolicyMessage_Summary(&line, denial);
    if (denial->n_steps > 0) {
        _PyPolicyMessage_Add(&line, ": ");
        _PyPolicyMessage_Chain(&line, denial);
    }
    add_remedy(&line, denial);
    _PyPolicyMessage_Add(&line, "\n");
    if (line.failed) {
        complain("importpolicy: something was refused (no memory to say "
                 "what)\n");
    }
    else {
        write_stderr(line.data, line.n);
    }
    _PyPolicyMessage_Clear(&line);
}

static void
tell(const _PyPolicyDenial *denial)
{
    bool quiet = false;
    const char *log = _PyPolicy_Log(denial->policy, &quiet);
    if (log != NULL) {
        _PyPolicyMessage record = {0};
        _PyPolicyRecord_Add(&record, denial);
        _PyPolicyMessage_Add(&record, "}\n");
        write_record(&record, denial->policy, log);
        _PyPolicyMessage_Clear(&record);
    }
    if (!quiet) {
        write_first_line(denial);
    }
}

void
_PyPolicyLog_Denial(const _PyPolicyDenial *denial)
{
    int saved_errno = errno;
    if (_PyPolicyRecent_AreWanted()) {
        keep_record(denial);
    }
    tell(denial);
    errno = saved_errno;
}

void
_PyPolicyLog_Note(const _PyPolicyDenial *denial)
{
    /* All who act: who is not covered beside the first counts too.  Each
       policy has a log, and one target may be asked about for several
       capabilities: whoever learns from the log needs each. */
    _PyPolicyMessage what = {0};
    _PyPolicyMessage_AddInt(&what, denial->acting);
    _PyPolicyMessage_Add(&what, ":");
    _PyPolicyMessage_AddInt(&what, denial->access->capability);
    _PyPolicyMessage_Add(&what, ":");
    _PyPolicyMessage_Add(&what, _PyPolicy_Filename(denial->policy));
    _PyPolicyMessage_Add(&what, denial->access->target.looks ? ":?" : ":");
    (void)_PyPolicyMessage_AddTarget(&what, denial);
    if (what.failed || first_time(denial->principal, what.data)) {
        _PyPolicyLog_Denial(denial);
    }
    else if (_PyPolicyRecent_AreWanted()) {
        keep_record(denial);
    }
    _PyPolicyMessage_Clear(&what);
}

void
_PyPolicyLog_Manager(PyThreadState *tstate, const char *event,
                     const char *target, const char *reason)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    uint32_t acting = _PyPolicyNarrow_Strip(
        _PyPolicyStack_Acting(tstate).set);
    const uint32_t *members;
    int saved_errno = errno;
    _PyPolicyDenial denial = {
        .what = event,
        .acting = acting ? acting : _PyPrincipal_APPLICATION,
        .principal = _PyPrincipal_Members(acting, &members) > 0
                     ? _PyPrincipal_Name(members[0]) : "__main__",
    };
    denial.n_steps = _PyPolicyStack_Chain(tstate, denial.steps,
                                          _PyPolicyDenial_MAX_STEPS);
    for (size_t i = 0; i < n; i++) {
        const char *log = _PyPolicy_Log(policies[i], NULL);
        if (log == NULL || _PyPolicy_IsNote(policies[i])) {
            continue;
        }
        _PyPolicyMessage record = {0};
        _PyPolicyRecord_AddManager(&record, &denial, target, reason);
        _PyPolicyMessage_Add(&record, "}\n");
        write_record(&record, policies[i], log);
        _PyPolicyMessage_Clear(&record);
    }
    errno = saved_errno;
}
