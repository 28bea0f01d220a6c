/* Which audit events are there, and what does each reach?

   The rows are in policy_events.inc, generated from
   Tools/importpolicy/events.txt by Tools/importpolicy/events.py. */

#ifndef Py_INTERNAL_POLICY_EVENTS_H
#define Py_INTERNAL_POLICY_EVENTS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_added.h"  // _PyPolicyAdded
#include "pycore_policy_target.h" // _PyPolicyCapability

/* Where the target is among an event's arguments. */
typedef enum {
    _PyPolicyEvent_NONE,        /* nowhere: any grant covers it */
    _PyPolicyEvent_SEAM,        /* judged where the C code has the value that
                                   it uses; the event alone is as NONE */
    _PyPolicyEvent_SELF,        /* the event's own name is the target */
    _PyPolicyEvent_NAME,        /* a str: argument `arg` */
    _PyPolicyEvent_PATH,        /* a path: argument `arg`, relative to the
                                   descriptor in argument `dir_fd` */
    _PyPolicyEvent_PATHS,       /* two paths: arguments 0 and 1, relative to
                                   those in `dir_fd` and the one behind it;
                                   None is no path */
    _PyPolicyEvent_OPEN,        /* open(path, mode, flags): read or write */
    _PyPolicyEvent_HOST,        /* a host's name or a socket address */
    _PyPolicyEvent_CUSTOM,      /* written down in C beside its capability */
} _PyPolicyEventTarget;

typedef struct {
    char name[40];
    uint8_t capability;         /* _PyPolicyCapability; for PATHS and OPEN
                                   the stronger one */
    uint8_t target;             /* _PyPolicyEventTarget */
    int8_t arg, dir_fd;         /* -1: none */
    bool added;                 /* stock CPython does not raise it */
} _PyPolicyEvent;

/* The row of an event; NULL when the table has none. */
extern const _PyPolicyEvent *_PyPolicyEvents_Find(const char *name);

/* What is remembered of a literal that names an event. */
typedef struct {
    const char *name;           /* the literal itself: its address */
    const _PyPolicyEvent *row;
    uint32_t allowed[4];        /* of policy_gate_event.c: to whom */
    int keyless;                /* likewise: no module key speaks of it */
} _PyPolicyLiteral;

/* A slot is taken once, and what it holds is never freed. */
#define _PyPolicyEvents_LITERALS 512
extern _PyPolicyLiteral *_PyPolicyEvents_Literals[_PyPolicyEvents_LITERALS];

/* Where among so many things what concerns a literal is kept. */
static inline size_t
_PyPolicyEvents_Slot(const char *literal)
{
    return (uintptr_t)literal / 8 % _PyPolicyEvents_LITERALS;
}

/* NULL when it is not known (yet). */
static inline _PyPolicyLiteral *
_PyPolicyEvents_Known(const char *literal)
{
    _PyPolicyLiteral *known = _Py_atomic_load_ptr(
        &_PyPolicyEvents_Literals[_PyPolicyEvents_Slot(literal)]);
    return known != NULL && known->name == literal ? known : NULL;
}

/* The row of a literal, which stays where it is: quicker. */
extern const _PyPolicyEvent *_PyPolicyEvents_FindLiteral(const char *name);

/* Row number i, NULL behind the last. */
PyAPI_FUNC(const _PyPolicyEvent *) _PyPolicyEvents_At(size_t i);

/* --- Events that we add: see pycore_policy_added.h ----------------------- */

/* The row of one. */
extern const _PyPolicyEvent *_PyPolicyEvents_Added(_PyPolicyAdded id);

/* Policies are in force from now on: hooks see the events that we add. */
extern void _PyPolicyEvents_Start(void);

/* A policy restricts this one: the gate has to be asked. */
extern void _PyPolicyEvents_Restrict(_PyPolicyAdded id);

/* A security manager is in force: it judges all of them; or no longer. */
extern void _PyPolicyEvents_Manage(bool managed);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_EVENTS_H */
