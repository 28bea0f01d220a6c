/* Security managers: who judges each audit event beside the policy.

   A manager is a table of permissions in raw memory, which nothing that
   Python code holds points into; what Python code has (Modules/_secman.c) is
   a handle.  See Python/secman.c. */

#ifndef Py_INTERNAL_SECMAN_H
#define Py_INTERNAL_SECMAN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_events.h" // _PyPolicyEvent
#include "pycore_policy_target.h" // _PyPolicyTarget
#include "pycore_principal.h"     // _PyPolicy_Judges

#include <stdarg.h>
#include <sys/types.h>            // dev_t, ino_t

/* --- Families of events (secman_permission.c) ---------------------------- */

typedef struct {
    char name[12];
    int8_t above;               /* -1: none */
} _PySecmanFamily;

#define _PySecman_MAX_FAMILIES 32

/* Number i, NULL behind the last; and back, -1 when there is none. */
PyAPI_FUNC(const _PySecmanFamily *) _PySecman_FamilyAt(int i);
extern int _PySecman_FamilyNamed(const char *name);

/* The family of an event, also of one that has no row. */
PyAPI_FUNC(int) _PySecman_FamilyOf(const char *event);

/* The number of an event's row; -1: it has none. */
extern int _PySecman_RowOf(const char *event);

/* --- Targets ------------------------------------------------------------- */

/* What one target of a permission is; what a text means depends on `kind`,
   a capability (policy_target.h): READ stands for files, to be read or
   written as the flags say; NET, RUN, ENV; FFI for modules; CODE for code and
   frames. */
typedef struct {
    uint8_t kind;
    bool reads, writes;         /* of files */
    bool frame;                 /* of CODE: it is a frame's */
    char *text;                 /* NULL: the file or the code object */
    int fd;                     /* keeps the file; -1: none */
    dev_t device;
    ino_t inode;
    PyObject *code;             /* a code object, compared by identity */
    int64_t interp;             /* which it belongs to, by number: addresses
                                   are used again */
} _PySecmanTarget;

/* Immutable, shared by tables and handles. */
typedef struct {
    Py_ssize_t refs;            /* atomic */
    int row;                    /* of the event, or -1 */
    int family;                 /* of the event, or the one that is covered */
    char *event;                /* NULL: all of the family */
    bool allow;
    size_t n;
    _PySecmanTarget *targets;
    /* By capability: what the texts compile to; NULL: none of that kind.
       Those that refuse are compiled as exclusions. */
    _PyPolicyTargets *lists[_PyPolicy_N_CAPABILITIES];
} _PySecmanPermission;

/* Takes `event` (UTF-8, NULL: the family) as it is and the targets over, even
   when it fails: NULL with an exception set. */
PyAPI_FUNC(_PySecmanPermission *) _PySecmanPermission_New(
    const char *event, int family, bool allow, _PySecmanTarget *targets,
    size_t n);
PyAPI_FUNC(_PySecmanPermission *) _PySecmanPermission_Share(
    _PySecmanPermission *permission);
PyAPI_FUNC(void) _PySecmanPermission_Free(_PySecmanPermission *permission);

PyAPI_FUNC(int) _PySecmanTarget_Copy(_PySecmanTarget *to,
                                     const _PySecmanTarget *from);
PyAPI_FUNC(void) _PySecmanTarget_Clear(_PySecmanTarget *target);

/* Kinds of targets that an event's arguments name, as bits 1 << kind. */
PyAPI_FUNC(uint32_t) _PySecmanTarget_Kinds(const _PyPolicyEvent *row);

/* One thing that an event reaches. */
typedef struct {
    _PyPolicyCapability kind;   /* READ or WRITE, NET, RUN, ENV, FFI, CODE */
    _PyPolicyTarget target;
    int fd;                     /* of a file that is reached so; else -1 */
    bool frame;
    PyObject *code;             /* borrowed; NULL: not known */
} _PySecmanThing;

/* Called for each thing that must be allowed, by one of `n` descriptions:
   1 yes, 0 no, -1 with an exception set. */
typedef int (*_PySecmanAsk)(void *how, const _PySecmanThing *things,
                            size_t n);

/* Ask about all that the arguments name: 1, 0 or -1 as above. */
extern int _PySecmanTarget_Each(PyThreadState *tstate,
                                const _PyPolicyEvent *row, PyObject *args,
                                _PySecmanAsk ask, void *how);

/* --- Tables of permissions ----------------------------------------------- */

/* By event: what the permissions say. */
enum {
    _PySecman_ALLOW = 1,
    _PySecman_TARGETS = 2,      /* it depends on what is reached */
};

typedef struct _PySecmanTable {
    struct _PySecmanTable *old; /* those before, which may still be read */
    size_t n;
    _PySecmanPermission **permissions;
    uint32_t kinds;             /* of targets in it, as bits */
    bool reckoned;
    uint8_t verdicts[];         /* by row, when they have been reckoned */
} _PySecmanTable;

/* A table with one permission more (instead of one with the same event or
   family and the same targets); `base` NULL: of none.  NULL when memory is
   short (no exception is set). */
PyAPI_FUNC(_PySecmanTable *) _PySecmanTable_With(
    const _PySecmanTable *base, _PySecmanPermission *permission);
PyAPI_FUNC(void) _PySecmanTable_Free(_PySecmanTable *table);

/* Before a table is read by many: reckon its verdicts. */
extern void _PySecmanTable_Reckon(_PySecmanTable *table);

/* What is said of an event, also of one without a row. */
extern int _PySecmanTable_Verdict(const _PySecmanTable *table, int row,
                                  const char *event);

/* The permission that decides about an event as such (most specific first),
   or about a family; NULL: none. */
PyAPI_FUNC(_PySecmanPermission *) _PySecmanTable_Find(
    const _PySecmanTable *table, const char *event, int family);

/* May this be reached by this event?  *why is the permission that decides,
   NULL: none does. */
extern bool _PySecmanTable_Allows(const _PySecmanTable *table, int row,
                                  const char *event,
                                  const _PySecmanThing *things, size_t n,
                                  const _PySecmanPermission **why);

/* --- Managers ------------------------------------------------------------ */

/* A new handle of a permission for that event, which may not be anybody's:
   NULL with an exception set. */
typedef PyObject *(*_PySecmanHandle)(const char *event, bool allow);

typedef struct _PySecman {
    Py_ssize_t refs;            /* of handles and lists; atomic */
    Py_ssize_t installs;        /* of lists; atomic */
    PyMutex mutex;              /* held by those who change it */
    _PySecmanTable *table;      /* replaced, never changed; atomic */
    bool read;                  /* it has been in force: whoever judges may be
                                   reading tables that were replaced */
    bool verbose;
    /* What a subclass in Python decides; captured when it is installed. */
    int64_t interp;             /* by number */
    PyObject *object;           /* the handle; NULL: permissions alone */
    PyObject *dispatch;         /* its dispatch_audit(), if that is its own */
    _PySecmanHandle permission; /* makes what its methods are given */
    PyObject *checks[_PySecman_MAX_FAMILIES];   /* its on_...(), by family */
} _PySecman;

/* NULL when memory is short. */
PyAPI_FUNC(_PySecman *) _PySecman_New(bool verbose);
PyAPI_FUNC(void) _PySecman_Release(_PySecman *manager);

/* 0, or -1 with MemoryError set.  Raises no event. */
PyAPI_FUNC(int) _PySecman_Set(_PySecman *manager,
                              _PySecmanPermission *permission);

/* Put it in force, for all threads or the one of that id, or take it out: 1,
   or 0 when it was not there.  -1 with an exception set. */
PyAPI_FUNC(int) _PySecman_Add(_PySecman *manager, unsigned long thread_id);
PyAPI_FUNC(int) _PySecman_Remove(_PySecman *manager, unsigned long thread_id);
#define _PySecman_EVERYONE 0

/* What it would say: 1, 0, or -1 with an exception set. */
PyAPI_FUNC(int) _PySecman_Asks(PyThreadState *tstate, _PySecman *manager,
                               const char *event, PyObject *args);

/* Managers in force.  A list is never changed, and belongs to one thread or
   to the process. */
typedef struct _PySecmanList {
    struct _PySecmanList *old;  /* those before, which may still be read */
    size_t n;
    _PySecman *managers[];
} _PySecmanList;
extern const _PySecmanList *_PySecman_Everyones(void);
extern const _PySecmanList *_PySecman_Threads(PyThreadState *tstate);

/* policy_capture.c: a thread state begins with its maker's. */
extern void _PySecman_InheritManagers(PyThreadState *created);

/* May nobody have written that compiled file who may not unmarshal himself?
   What is unmarshalled from it is part of an import; what somebody has written
   is code from raw parts. */
extern bool _PySecman_BelievesCompiled(PyThreadState *tstate, PyObject *path);

/* --- One event ----------------------------------------------------------- */

/* A method of a manager that runs on this thread. */
typedef struct _PySecmanCheck {
    struct _PySecmanCheck *outer;
    const _PySecman *manager;
} _PySecmanCheck;

/* Is its class in Python asked about that event, here and now?  Not from
   inside of one of its own methods. */
extern bool _PySecmanCheck_IsAsked(PyThreadState *tstate,
                                   const _PySecman *manager,
                                   const char *event);
/* Ask it; `allow` is what the permissions say.  True is 1, whatever else comes
   is 0 with refusal->reason; no exception is set. */
struct _PySecmanRefusal;
extern int _PySecmanCheck_Ask(PyThreadState *tstate, _PySecman *manager,
                              bool allow, struct _PySecmanRefusal *refusal);

/* Keep the methods of the handle `object` that are not these: on_...() and
   dispatch_audit() of SecurityManager itself.  What they are given, the
   module that made the handle makes too.  0, or -1 with an exception set. */
PyAPI_FUNC(int) _PySecmanCheck_Capture(
    _PySecman *manager, PyObject *object, PyCFunction check,
    PyCFunction dispatch, _PySecmanHandle permission);
PyAPI_FUNC(void) _PySecmanCheck_Forget(_PySecman *manager);

typedef struct _PySecmanRefusal {
    const char *event;
    PyObject *args;             /* NULL: not known */
    const _PySecman *manager;
    bool everyone;              /* it is one for all threads */
    const _PySecmanThing *thing;        /* instead of the arguments */
    const _PySecmanPermission *why;
    const char *reason;         /* instead of `why` */
    char raised[48];            /* the exception's class, with `reason` */
} _PySecmanRefusal;

/* Log what a verbose manager was asked. */
extern void _PySecmanRefusal_Log(const _PySecmanRefusal *asked, bool allowed);
/* Raise SecurityError; what is pending is its cause.  -1. */
extern int _PySecmanRefusal_Raise(PyThreadState *tstate,
                                  const _PySecmanRefusal *refusal);

/* Does what somebody may depend on targets of that capability?  Then the C
   code that opens files asks, and what knows hosts and programs does so by
   _PyPolicyGate_Access().  Bits 1 << capability. */
PyAPI_DATA(uint32_t) _PySecman_Capabilities;
#define _PySecman_AT_SEAMS (1u << _PyPolicy_NET | 1u << _PyPolicy_RUN)

static inline bool
_PySecman_Depends(_PyPolicyCapability capability)
{
    return (_PySecman_Capabilities >> capability) & 1;
}

static inline bool
_PySecman_DependsAtSeams(_PyPolicyCapability capability)
{
    return (_PySecman_Capabilities & _PySecman_AT_SEAMS) >> capability & 1;
}

/* policy_gate.c: an event, as for _PyPolicyAccess_JudgeEvent(); 0, or -1 with
   SecurityError set.  `later`: what is reached is judged when it is known. */
extern int _PySecman_JudgeEvent(PyThreadState *tstate, const char *event,
                                bool later, const char *format,
                                va_list *arguments, PyObject *tuple);

/* What an operation really reaches, for managers to whom it matters; the same
   result. */
extern int _PySecman_JudgeThing(PyThreadState *tstate, const char *event,
                                const _PySecmanThing *thing);
extern int _PySecman_JudgeTarget(PyThreadState *tstate, const char *event,
                                 _PyPolicyCapability capability,
                                 const _PyPolicyTarget *target);

/* Of a module that wants to be told when the first manager comes: it guards
   what it could not before.  0, or -1 with an exception set. */
typedef int (*_PySecmanGuard)(void);
PyAPI_DATA(_PySecmanGuard) _PySecman_GuardSqlite;

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_SECMAN_H */
