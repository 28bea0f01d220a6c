/* May this file be read or written by whoever acts?

   An event's arguments say which file an operation means; policy_file_
   resolve.c finds out which file it will reach; and that is judged, for each
   end of it, as `read` or as `write`.  Three things stand beside the grants:

     what is readable to all (policy_file_places.c) is not asked about;
     what no dependency may write is refused whatever is granted;
     /proc/PID/environ and /proc/PID/mem are the environment and the memory
     of a process by another name, so they also need `env` and `ffi`.

   Arguments come from Python code, which may have made them of a class of
   its own.  Only what the C structures hold is looked at: the characters of
   a str, the bytes of a bytes object, the value of an int.  What is neither
   is judged as a file that no list holds.  By the time of the event the
   functions of the os module have replaced an os.PathLike by its path.

   An event is raised before its operation, so between this check and that
   use another thread may put a link in the way.  For opening there is no
   such gap (policy_file_open.c), nor for what makes, removes and moves names
   (policy_file_place.c).  For the others see files.rst.

   Called by policy_gate.c for the rows PATH, PATHS and OPEN, and by
   policy_file_open.c. */

#include "Python.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_file.h"
#include "pycore_policy_known.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"

#include <stdio.h>
#include <string.h>

/* --- What an operation does --------------------------------------------- */

void
_PyPolicyFile_Modes(const char *mode, int flags, bool *reads, bool *writes)
{
    if (mode != NULL && flags == 0) {
        /* fopen(), which says it with a word. */
        *writes = strpbrk(mode, "wax+") != NULL;
        *reads = strpbrk(mode, "r+") != NULL || !*writes;
        return;
    }
    _PyPolicyFile_ModesOf(flags, reads, writes);
}

#define FOLLOWED _PyPolicyFile_FOLLOWED
#define NOT_FOLLOWED _PyPolicyFile_NOT_FOLLOWED
#define PERHAPS _PyPolicyFile_PERHAPS

/* All of the names begin with "os.", and so does the event most often. */
static bool
is_one_of(const char *event, const char *const *names)
{
    if (strncmp(event, "os.", 3) != 0) {
        return false;
    }
    for (; *names != NULL; names++) {
        if ((*names)[3] == event[3] && strcmp(event, *names) == 0) {
            return true;
        }
    }
    return false;
}

_PyPolicyFileLinks
_PyPolicyFile_LinksOf(const char *event)
{
    static const char *const NEVER[] = {
        "os.lstat", "os.readlink", "os.remove", "os.rename", "os.rmdir",
        "os.mkdir", "os.mknod", "os.mkfifo", "os.symlink", NULL
    };
    static const char *const EITHER[] = {
        "os.link", "os.chmod", "os.chown", "os.chflags", "os.utime",
        "os.access", "os.getxattr", "os.listxattr", "os.setxattr",
        "os.removexattr", NULL
    };
    return is_one_of(event, NEVER) ? NOT_FOLLOWED
           : is_one_of(event, EITHER) ? PERHAPS : FOLLOWED;
}

/* --- Judging one path --------------------------------------------------- */

static bool
is_dependency(const _PyPolicyActing *acting)
{
    return _PyPolicyNarrow_Strip(acting->set) > _PyPrincipal_APPLICATION;
}

/* Or the application, in the block of a permit. */
static bool
is_restrained(const _PyPolicyActing *acting)
{
    return acting->set > _PyPrincipal_APPLICATION;
}

/* Nobody known acts, but what is read are lines for a traceback. */
static bool
shows_source(const _PyPolicyActing *acting)
{
    return acting->shows
           && _PyPolicyNarrow_Strip(acting->set) == _PyPrincipal_UNKNOWN;
}

bool
_PyPolicyFile_IsFree(const _PyPolicyActing *acting, const char *path,
                     size_t len)
{
    return _PyPolicyFile_IsPublic(path, len)
           || ((!is_dependency(acting) || shows_source(acting))
               && _PyPolicyFile_IsSource(path, len));
}

/* To ask what is there is free for the directories above what is granted,
   above what all may read and above the application: whoever makes a path
   canonical asks for each. */
bool
_PyPolicyFile_Looks(const char *event)
{
    static const char *const LOOKS[] = {
        "os.stat", "os.lstat", "os.access", "os.readlink", NULL
    };
    return is_one_of(event, LOOKS);
}

/* Does what was found out before hold it? */
static bool
is_known(const char *event, const _PyPolicyActing *acting,
         const _PyPolicyFilePath *path, bool above)
{
    _PyPolicyAccess access = {
        .capability = _PyPolicy_READ,
        .event = event,
        .target = {.text = path->text, .len = path->len, .above = above,
                   .looks = _PyPolicyFile_Looks(event), .port = -1},
    };
    return _PyPolicyKnown_Allows(&access, acting);
}

static int
judge(PyThreadState *tstate, const char *event, const _PyPolicyActing *acting,
      _PyPolicyCapability capability, const _PyPolicyFilePath *path,
      _PyPolicyFileUse use, bool never)
{
    _PyPolicyAccess access = {
        .capability = capability,
        .event = event,
        .never = never,
        .again = use.again,
        .target = {.text = path->text, .len = path->len, .above = use.above,
                   .looks = _PyPolicyFile_Looks(event), .port = -1},
    };
    return _PyPolicyExempt_Acting(tstate, event, capability, acting) ? 0
           : _PyPolicyGate_AccessOf(tstate, &access, acting);
}

/* Which capability does this file stand for?  Below /proc/PID, or below
   /proc/PID/task/TID. */
static _PyPolicyCapability
hidden_capability(const _PyPolicyFilePath *path)
{
    const char *p = path->text;
    if (strncmp(p, "/proc/", 6) != 0) {
        return _PyPolicy_NO_CAPABILITY;
    }
    p += 6 + strspn(p + 6, "0123456789");
    if (strncmp(p, "/task/", 6) == 0) {
        p += 6 + strspn(p + 6, "0123456789");
    }
    return strcmp(p, "/environ") == 0 ? _PyPolicy_ENV
           : strcmp(p, "/mem") == 0 ? _PyPolicy_FFI
           : _PyPolicy_NO_CAPABILITY;
}

static int
judge_hidden(PyThreadState *tstate, const char *event,
             const _PyPolicyActing *acting, const _PyPolicyFilePath *path,
             bool again)
{
    const _PyPolicyFileUse use = {.again = again};
    _PyPolicyCapability capability = hidden_capability(path);
    if (capability == _PyPolicy_NO_CAPABILITY
        || !_PyPolicyGate_Restricts(capability)
        || !is_restrained(acting))
    {
        return 0;
    }
    return judge(tstate, event, acting, capability, path, use, false);
}

/* What a descriptor of this process refers to it has already, unless it asks
   for more than the descriptor may do. */
static bool
is_held(const _PyPolicyFilePath *path, bool reads, bool writes)
{
    int flags = fcntl(path->fd, F_GETFL);
    bool may_read, may_write;
    if (flags < 0) {
        return true;            /* not open: the operation will say so */
    }
    _PyPolicyFile_ModesOf(flags & O_ACCMODE, &may_read, &may_write);
    return (may_read || !reads) && (may_write || !writes);
}

int
_PyPolicyFile_Judge(PyThreadState *tstate, const char *event,
                    const _PyPolicyActing *acting,
                    const _PyPolicyFilePath *path, _PyPolicyFileUse use)
{
    const char *text = path->text;
    size_t len = path->len;
    if (path->kind == _PyPolicyFile_NOTHING
        || (path->kind == _PyPolicyFile_HELD
            && is_held(path, use.reads, use.writes)))
    {
        return 0;
    }
    if (judge_hidden(tstate, event, acting, path, use.again) < 0) {
        return -1;
    }
    if (use.writes && _PyPolicyFile_IsProtected(text, len, use.above)
        && is_dependency(acting))
    {
        return judge(tstate, event, acting, _PyPolicy_WRITE, path, use, true);
    }
    if (use.reads && _PyPolicyGate_Restricts(_PyPolicy_READ)
        && !is_known(event, acting, path, use.above)
        && !_PyPolicyFile_IsFree(acting, text, len)
        && !(_PyPolicyFile_Looks(event)
             && _PyPolicyFile_IsAbovePublic(text, len))
        && judge(tstate, event, acting, _PyPolicy_READ, path, use, false) < 0)
    {
        return -1;
    }
    if (use.writes && _PyPolicyGate_Restricts(_PyPolicy_WRITE)
        && !_PyPolicyFile_IsNull(text, len))
    {
        return judge(tstate, event, acting, _PyPolicy_WRITE, path, use,
                     false);
    }
    return 0;
}

static bool
allows_all(const _PyPolicyActing *acting, _PyPolicyCapability capability,
           const char *event)
{
    if (!_PyPolicyGate_Restricts(capability)) {
        return true;
    }
    int known = _PyPolicyKnown_IsWhole(capability, acting);
    if (known >= 0) {
        return known;
    }
    if (_PyPolicyGate_AllowsAllTo(capability, event, acting) != 1) {
        return false;
    }
    const _PyPolicyAccess access = {
        .capability = capability, .event = event, .target = {.port = -1},
    };
    _PyPolicyKnown_Remember(&access, acting);
    return true;
}

bool
_PyPolicyFile_AllowsAny(const _PyPolicyActing *acting, const char *event,
                        bool reads, bool writes)
{
    /* What is protected is of interest with a dependency alone. */
    if ((writes && acting->set > _PyPrincipal_APPLICATION)
        || (reads && !allows_all(acting, _PyPolicy_READ, event))
        || (writes && !allows_all(acting, _PyPolicy_WRITE, event)))
    {
        return false;
    }
    /* And so is what stands for something else: the application has what it
       has. */
    return acting->set <= _PyPrincipal_APPLICATION
           || (allows_all(acting, _PyPolicy_ENV, event)
               && allows_all(acting, _PyPolicy_FFI, event));
}

/* --- Arguments ---------------------------------------------------------- */

typedef struct {
    enum {ABSENT, TEXT, DESCRIPTOR, OTHER} kind;
    int fd;
    const char *text;
    PyObject *owner;            /* of the text */
} Argument;

static int
take_number(PyObject *value)
{
    int overflow;
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    return overflow || number < 0 || number > INT_MAX ? -1 : (int)number;
}

/* -1 with an exception set: memory is short. */
static int
take_argument(PyObject *args, int i, Argument *argument)
{
    memset(argument, 0, sizeof(*argument));
    PyObject *value = i >= 0 && i < PyTuple_GET_SIZE(args)
                      ? PyTuple_GET_ITEM(args, i) : NULL;
    if (value == NULL || value == Py_None) {
        return 0;
    }
    argument->kind = OTHER;
    if (PyLong_Check(value)) {
        argument->kind = DESCRIPTOR;
        argument->fd = take_number(value);
        return 0;
    }
    if (PyUnicode_Check(value) && PyUnicode_IS_COMPACT_ASCII(value)) {
        argument->owner = Py_NewRef(value);
        const char *text = PyUnicode_DATA(value);
        if (strlen(text) == (size_t)PyUnicode_GET_LENGTH(value)) {
            argument->kind = TEXT;
            argument->text = text;
        }
        return 0;
    }
    if (PyUnicode_Check(value)) {
        argument->owner = PyUnicode_EncodeFSDefault(value);
        if (argument->owner == NULL) {
            if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) {
                return -1;
            }
            PyErr_Clear();      /* nothing on the disk is called that */
            return 0;
        }
    }
    else if (PyBytes_Check(value)) {
        argument->owner = Py_NewRef(value);
    }
    else {
        return 0;
    }
    if (PyBytes_Check(argument->owner)
        && strlen(PyBytes_AS_STRING(argument->owner))
           == (size_t)PyBytes_GET_SIZE(argument->owner))
    {
        argument->kind = TEXT;
        argument->text = PyBytes_AS_STRING(argument->owner);
    }
    return 0;
}

static void
resolve_argument(const Argument *argument, int dir_fd, bool follow,
                 _PyPolicyFilePath *path)
{
    switch (argument->kind) {
    case ABSENT:
        _PyPolicyFile_Resolve(AT_FDCWD, ".", true, path);
        break;
    case TEXT:
        _PyPolicyFile_Resolve(dir_fd, argument->text, follow, path);
        break;
    case DESCRIPTOR:
        _PyPolicyFile_Resolve(argument->fd, NULL, true, path);
        break;
    case OTHER:
        path->kind = _PyPolicyFile_UNCLEAR;
        strcpy(path->text, "(unclear)");
        path->len = strlen(path->text);
    }
}

/* The descriptor in argument i; AT_FDCWD where there is none. */
static int
directory_of(PyObject *args, int i)
{
    PyObject *value = i >= 0 && i < PyTuple_GET_SIZE(args)
                      ? PyTuple_GET_ITEM(args, i) : NULL;
    int fd = value != NULL && PyLong_Check(value) ? take_number(value) : -1;
    return fd >= 0 ? fd : AT_FDCWD;
}

/* --- Events ------------------------------------------------------------- */

typedef struct {
    PyThreadState *tstate;
    const char *event;
    const _PyPolicyActing *acting;
    _PyPolicyFileUse use;
    _PyPolicyFileLinks links;
} Operation;

static bool
may_do_all(const Operation *operation)
{
    return _PyPolicyFile_AllowsAny(operation->acting, operation->event,
                                   operation->use.reads,
                                   operation->use.writes);
}

static int
judge_resolved(const Operation *operation, const _PyPolicyFilePath *path)
{
    return _PyPolicyFile_Judge(operation->tstate, operation->event,
                               operation->acting, path, operation->use);
}

/* Do both lead to one file? */
static bool
is_same(const _PyPolicyFilePath *a, const _PyPolicyFilePath *b)
{
    return a->kind == _PyPolicyFile_NAMED && b->kind == a->kind
           && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static int
judge_path(const Operation *operation, const Argument *argument, int dir_fd)
{
    _PyPolicyFilePath path, followed;
    resolve_argument(argument, dir_fd, operation->links == FOLLOWED, &path);
    if (judge_resolved(operation, &path) < 0) {
        return -1;
    }
    if (operation->links != PERHAPS || argument->kind != TEXT) {
        return 0;
    }
    resolve_argument(argument, dir_fd, true, &followed);
    return is_same(&path, &followed) ? 0
           : judge_resolved(operation, &followed);
}

static int
judge_argument(const Operation *operation, PyObject *args, int i, int dir_fd)
{
    Argument argument;
    if (take_argument(args, i, &argument) < 0) {
        return -1;
    }
    int result = judge_path(operation, &argument, dir_fd);
    Py_XDECREF(argument.owner);
    return result;
}

/* What a symbolic link says is relative to the directory that it is in. */
static int
judge_link_target(const Operation *operation, PyObject *args)
{
    Argument link, target;
    _PyPolicyFilePath path;
    char dir[PATH_MAX];
    int result = -1;
    Operation use = *operation;
    use.links = FOLLOWED;
    if (take_argument(args, 0, &target) < 0) {
        return -1;
    }
    if (take_argument(args, 1, &link) < 0) {
        goto done;
    }
    if (target.kind == TEXT && target.text[0] != '/') {
        resolve_argument(&link, directory_of(args, 2), false, &path);
        char *slash = path.kind == _PyPolicyFile_NAMED
                      ? strrchr(path.text, '/') : NULL;
        int n = slash == NULL ? PATH_MAX
            : snprintf(dir, sizeof(dir), "%.*s/%s", (int)(slash - path.text),
                       path.text, target.text);
        target.text = dir;
        if (n >= PATH_MAX) {
            target.kind = OTHER;
        }
    }
    result = judge_path(&use, &target, AT_FDCWD);
done:
    Py_XDECREF(link.owner);
    Py_XDECREF(target.owner);
    return result;
}

/* After rename() and link() the contents have another name, which others may
   read, or the caller: so whoever may read there must be able to here. */
static int
judge_source(const Operation *operation, PyObject *args)
{
    Operation source = *operation;
    source.use.reads = true;
    return judge_argument(&source, args, 0, directory_of(args, 2));
}

static bool
is_rename_or_link(const char *event)
{
    return strcmp(event, "os.rename") == 0 || strcmp(event, "os.link") == 0;
}

static int
judge_paths(Operation *operation, const _PyPolicyEvent *event,
            PyObject *args)
{
    operation->use.above = strcmp(event->name, "os.rename") == 0;
    if (is_rename_or_link(event->name)) {
        return judge_source(operation, args) < 0 ? -1
               : judge_argument(operation, args, 1, directory_of(args, 3));
    }
    for (int i = 0; i < 2; i++) {
        if (i < PyTuple_GET_SIZE(args)
            && PyTuple_GET_ITEM(args, i) != Py_None
            && judge_argument(operation, args, i,
                              directory_of(args, event->dir_fd)) < 0)
        {
            return -1;
        }
    }
    return 0;
}

/* open(path, mode, flags) and what is reported in the same way. */
static int
judge_open(Operation *operation, PyObject *args)
{
    const char *mode = NULL;
    int flags = 0;
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n > 0 && PyLong_Check(PyTuple_GET_ITEM(args, 0))) {
        return 0;               /* a file object for what is open already */
    }
    if (n > 1 && PyUnicode_Check(PyTuple_GET_ITEM(args, 1))) {
        mode = PyUnicode_AsUTF8(PyTuple_GET_ITEM(args, 1));
        if (mode == NULL) {
            return -1;
        }
    }
    if (n > 2 && PyLong_Check(PyTuple_GET_ITEM(args, 2))) {
        flags = take_number(PyTuple_GET_ITEM(args, 2));
        flags = flags < 0 ? O_RDWR : flags;
    }
    _PyPolicyFile_Modes(mode, flags, &operation->use.reads,
                        &operation->use.writes);
    bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    operation->links = (flags & O_NOFOLLOW) || exclusive ? PERHAPS : FOLLOWED;
    return may_do_all(operation)
        ? 0 : judge_argument(operation, args, 0, AT_FDCWD);
}

int
_PyPolicyFile_JudgeEvent(PyThreadState *tstate, const _PyPolicyEvent *event,
                         const _PyPolicyActing *acting, PyObject *args)
{
    Operation operation = {
        .tstate = tstate,
        .event = event->name,
        .acting = acting,
        .use = {.reads = event->capability == _PyPolicy_READ,
                .writes = event->capability == _PyPolicy_WRITE},
        .links = _PyPolicyFile_LinksOf(event->name),
    };
    if (event->target == _PyPolicyEvent_OPEN) {
        return judge_open(&operation, args);
    }
    if (event->target == _PyPolicyEvent_PATHS) {
        return judge_paths(&operation, event, args);
    }
    if (strcmp(event->name, "os.symlink") == 0
        && judge_link_target(&operation, args) < 0)
    {
        return -1;
    }
    return judge_argument(&operation, args, event->arg,
                          directory_of(args, event->dir_fd));
}
