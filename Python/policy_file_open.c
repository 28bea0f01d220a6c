/* How is a file opened that has been judged, so that it is that file?

   A path is judged, then opened; in between another thread may put a link
   where a directory was.  So what has been judged is a path without links,
   and it is opened in a way that passes through none (policy_file_
   resolve.c).  When a link has appeared all the same, the walk and the
   judgement begin anew.

   The way that nearly every path takes costs no system call more than
   opening does: an absolute path without "." and ".." is judged as it is
   written, and opening fails if that was not all.  Only then, and for
   relative paths, descriptors and what lies below /proc, is it resolved.
   Judged, most often, means that it lies below a directory that was granted
   before (policy_file_known.c).

   Directories are opened in the same way to be listed.

   What is readable and writable without limit for whoever acts is opened as
   ever.

   A descriptor of this process that refers to a pipe, a socket, or a file
   without a name can only be opened through /proc; it is compared with what
   was judged afterwards.

   _PyPolicyFile_OpenJudged() and _PyPolicyFile_OpenDirectory() are called
   without the thread state, because opening may take long, and take it back
   for a second judgement. */

#include "Python.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_file.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_setup.h"
#include "pycore_secman.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What reading a file may need. */
#define OF_READING \
    (1u << _PyPolicy_READ | 1u << _PyPolicy_ENV | 1u << _PyPolicy_FFI)

/* As often as the kernel follows links. */
#define MAX_TRIES 40

static const char EVENTS[][16] = {
    [_PyPolicyFile_OPEN] = "open",
    [_PyPolicyFile_LISTDIR] = "os.listdir",
    [_PyPolicyFile_SCANDIR] = "os.scandir",
};

static const char *
event_of(const _PyPolicyOpening *how)
{
    return EVENTS[how->event];
}

/* Is the last component, if it is a link, opened itself (or refused)? */
static bool
follows(int flags)
{
    return !(flags & O_NOFOLLOW)
           && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
}

/* May everything in that directory be written, by whom that is granted? */
static bool
may_hold_written(const _PyPolicyWithin *within)
{
    return !_PyPolicyFile_IsProtected(within->path, within->len, true);
}

static bool
allows(const _PyPolicyOpening *how, const _PyPolicyActing *acting,
       _PyPolicyCapability capability, size_t len)
{
    int then = _Py_atomic_load_int(&_PyPolicyAccess_Changes);
    bool writes = capability == _PyPolicy_WRITE;
    _PyPolicyWithin within = {0};
    _PyPolicyAccess access = {
        .capability = capability,
        .event = event_of(how),
        .target = {.text = how->path, .len = len, .port = -1,
                   .within = &within},
    };
    if (!_PyPolicyGate_Restricts(capability)) {
        return true;
    }
    if (_PyPolicyGate_AllowsTo(how->tstate, &access, acting, false) != 1) {
        return false;
    }
    if (within.len > 0 && !within.alone
        && (!writes || may_hold_written(&within)))
    {
        _PyPolicyFile_Remember(how->tstate, acting, how->event, writes,
                               within.path, within.len, then);
    }
    return true;
}

/* Is it allowed if it is what it says?  What is only logged has to be logged
   with the file's own name. */
static bool
is_plainly_allowed(const _PyPolicyOpening *how, const _PyPolicyActing *acting,
                   bool reads, bool writes)
{
    const char *path = how->path;
    size_t len = strlen(path);
    if (!_PyPolicyFile_IsClean(path, len)
        || (path[1] == 'p' && strncmp(path, "/proc", 5) == 0)
        || (writes && _PyPolicyFile_IsProtected(path, len, false))
        || _PyPolicyGate_OnlyLogs())
    {
        return false;
    }
    return (!reads
            || allows(how, acting, _PyPolicy_READ, len)
            || _PyPolicyFile_IsFree(acting, path, len))
           && (!writes
               || allows(how, acting, _PyPolicy_WRITE, len)
               || _PyPolicyFile_IsNull(path, len));
}

/* Is there a manager to be asked? */
static inline bool
is_heard(void)
{
    return _PyPolicy_Judges & _PyPolicy_MANAGES;
}

/* Does a security manager's answer depend on the file? */
static bool
is_managed(const _PyPolicyOpening *how)
{
    return how->path != NULL && (_PySecman_Depends(_PyPolicy_READ)
                                 || _PySecman_Depends(_PyPolicy_WRITE))
           && is_heard();
}

/* The managers, about what is going to be opened. */
static int
ask_managers(const _PyPolicyOpening *how, bool reads, bool writes)
{
    const _PyPolicyFilePath *path = &how->resolved;
    _PySecmanThing thing = {
        .kind = _PyPolicy_READ,
        .target = {.text = path->text, .len = path->len, .port = -1},
        .fd = path->kind == _PyPolicyFile_HELD ? path->fd : -1,
    };
    if (path->kind == _PyPolicyFile_NOTHING) {
        return 0;               /* the system will refuse it */
    }
    const char *event = event_of(how);
    if (reads && _PySecman_JudgeThing(how->tstate, event, &thing) < 0) {
        return -1;
    }
    thing.kind = _PyPolicy_WRITE;
    return writes ? _PySecman_JudgeThing(how->tstate, event, &thing) : 0;
}

/* Is it one of the things that no policy judges?  Asked last, because it is
   rare. */
static bool
is_free(const _PyPolicyOpening *how, const _PyPolicyActing *acting,
        bool reads, bool writes)
{
    return !_PyPolicy_Active
           || _PyPolicyExempt_Event(how->tstate, event_of(how), NULL, NULL)
           || _PyPolicyFile_AllowsAny(acting, event_of(how), reads, writes);
}

/* Find out where it leads, and judge that. */
static int
resolve_and_judge(_PyPolicyOpening *how, const _PyPolicyActing *acting)
{
    bool reads, writes;
    _PyPolicyFile_ModesOf(how->flags, &reads, &writes);
    bool free = is_free(how, acting, reads, writes), managed = is_managed(how);
    if (free && !managed) {
        how->tstate = NULL;
        return 0;
    }
    how->clean = false;
    _PyPolicyFile_Resolve(how->dir_fd, how->path, follows(how->flags),
                          &how->resolved);
    if (!free
        && _PyPolicyFile_Judge(how->tstate, event_of(how), acting,
                               &how->resolved, (_PyPolicyFileUse){
                                   .reads = reads, .writes = writes}) < 0)
    {
        return -1;
    }
    return managed ? ask_managers(how, reads, writes) : 0;
}

/* Whatever file it is? */
static bool
allows_all(const _PyPolicyOpening *how, PyThreadState *tstate,
           const _PyPolicyActing *acting, bool reads, bool writes)
{
    int then = _Py_atomic_load_int(&_PyPolicyAccess_Changes);
    if (!_PyPolicyFile_AllowsAny(acting, event_of(how), reads, writes)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (i ? writes : reads) {
            _PyPolicyFile_Remember(tstate, acting, how->event, i, NULL, 0,
                                   then);
        }
    }
    return true;
}

static int
judge(_PyPolicyOpening *how, PyThreadState *tstate)
{
    bool reads, writes;
    if (how->path == NULL) {
        return 0;
    }
    if (is_managed(how)) {
        _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
        how->tstate = tstate;
        return resolve_and_judge(how, &acting);
    }
    _PyPolicyFile_ModesOf(how->flags, &reads, &writes);
    if (!_PyPolicy_Active
        || (!writes && !(_PyPolicy_Restricted & OF_READING)))
    {
        return 0;
    }
    uint32_t met;
    _PyPolicyActing acting = _PyPolicyStack_IsUsual(tstate, &met)
        ? _PyPolicyStack_Usual(met) : _PyPolicyStack_Acting(tstate);
    _PyPolicyFileKnown known = _PyPolicy_Judges == _PyPolicy_JUDGES
        ? _PyPolicyFile_Known(tstate, &acting, how->event, how->path, reads,
                              writes)
        : _PyPolicyFile_UNKNOWN;
    if (known == _PyPolicyFile_WHOLE
        || (known == _PyPolicyFile_UNKNOWN
            && allows_all(how, tstate, &acting, reads, writes)))
    {
        return 0;
    }
    how->tstate = tstate;
    how->clean = known == _PyPolicyFile_GRANTED
                 || is_plainly_allowed(how, &acting, reads, writes);
    return how->clean ? 0 : resolve_and_judge(how, &acting);
}

/* The event itself, to the managers.  Those to whom the file matters have been
   asked, and the judged one will be opened. */
static int
raise_event(const _PyPolicyOpening *how, PyThreadState *tstate,
            const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int result = _PySecman_JudgeEvent(tstate, event_of(how), is_managed(how),
                                      format, &arguments, NULL);
    va_end(arguments);
    return result;
}

int
_PyPolicyFile_AuditOpen(_PyPolicyOpening *how, PyObject *object,
                        const char *mode)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (judge(how, tstate) < 0) {
        return -1;
    }
    if (mode == NULL) {
        return is_heard()
               && raise_event(how, tstate, "OOi", object, Py_None,
                              how->flags) < 0 ? -1
            : _PyPolicyGate_Tell(tstate, "open", "OOi", object, Py_None,
                                 how->flags);
    }
    return is_heard()
           && raise_event(how, tstate, "Osi", object, mode,
                          how->flags) < 0 ? -1
        : _PyPolicyGate_Tell(tstate, "open", "Osi", object, mode, how->flags);
}

int
_PyPolicyFile_AuditListing(_PyPolicyOpening *how, PyObject *object)
{
    PyThreadState *tstate = _PyThreadState_GET();
    const char *event = event_of(how);
    object = object != NULL ? object : Py_None;
    how->dir_fd = AT_FDCWD;
    how->flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC;
    return _PyPolicyGate_JudgeKeys(tstate, event, _PyPolicy_READ) < 0
           || judge(how, tstate) < 0
           || (is_heard()
               && raise_event(how, tstate, "O", object) < 0) ? -1
        : _PyPolicyGate_Tell(tstate, event, "O", object);
}

bool
_PyPolicyFile_IsNoFile(PyObject *name)
{
    Py_ssize_t n = PyUnicode_Check(name) ? PyUnicode_GET_LENGTH(name) : 0;
    return n > 1 && PyUnicode_READ_CHAR(name, 0) == '<'
           && PyUnicode_READ_CHAR(name, n - 1) == '>';
}

/* --- Opening ------------------------------------------------------------ */

/* A pipe, a socket, a file without a name: only /proc leads there. */
static int
open_held(const _PyPolicyOpening *how, mode_t mode)
{
    struct stat before, after;
    int held = how->resolved.fd;
    if (fstat(held, &before) < 0) {
        return -1;
    }
    int fd = open(how->resolved.text, how->flags & ~O_TRUNC, mode);
    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, &after) < 0 || before.st_dev != after.st_dev
        || before.st_ino != after.st_ino)
    {
        close(fd);
        errno = ENXIO;
        return -1;
    }
    if ((how->flags & O_TRUNC) && S_ISREG(after.st_mode)
        && ftruncate(fd, 0) < 0)
    {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* With a slash at its end a path means a directory, and must go on to. */
static int
directory_flag(const char *path)
{
    size_t len = strlen(path);
    return len > 0 && path[len - 1] == '/' ? O_DIRECTORY : 0;
}

static int
open_once(const _PyPolicyOpening *how, mode_t mode)
{
    int flags = how->flags;
    if (how->clean) {
        return _PyPolicyFile_OpenNoLinks(how->path, flags, mode);
    }
    flags |= directory_flag(how->path);
    switch (how->resolved.kind) {
    case _PyPolicyFile_NAMED:
        return _PyPolicyFile_OpenNoLinks(how->resolved.text, flags, mode);
    case _PyPolicyFile_HELD:
        return open_held(how, mode);
    case _PyPolicyFile_NOTHING:
        return openat(how->dir_fd, how->path, flags, mode);
    default:
        errno = EACCES;
        return -1;
    }
}

/* -1 with an exception set. */
static int
judge_again(_PyPolicyOpening *how)
{
    PyThreadState *tstate = how->tstate;
    PyEval_RestoreThread(tstate);
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    how->refused = resolve_and_judge(how, &acting) < 0;
    PyEval_SaveThread();
    return how->refused ? -1 : 0;
}

int
_PyPolicyFile_OpenJudged(_PyPolicyOpening *how, mode_t mode)
{
    for (int i = 0; i < MAX_TRIES; i++) {
        int fd = open_once(how, mode);
        if (fd >= 0 || errno != ELOOP
            || (!how->clean && (how->flags & O_NOFOLLOW)))
        {
            return fd;
        }
        if (judge_again(how) < 0) {
            errno = EACCES;
            return -1;
        }
        if (how->tstate == NULL) {
            return openat(how->dir_fd, how->path, how->flags, mode);
        }
    }
    errno = ELOOP;
    return -1;
}

DIR *
_PyPolicyFile_OpenDirectory(_PyPolicyOpening *how)
{
    int fd = _PyPolicyFile_OpenJudged(how, 0);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (fd >= 0 && directory == NULL) {
        int saved = errno;
        close(fd);
        errno = saved;
    }
    return directory;
}
