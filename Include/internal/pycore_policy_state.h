/* What a thread and an interpreter each remember for the import policy.
   Both structures are zero when nothing is known; zero never grants. */

#ifndef Py_INTERNAL_POLICY_STATE_H
#define Py_INTERNAL_POLICY_STATE_H
#ifdef __cplusplus
extern "C" {
#endif

#include <stdint.h>

/* The cache of names, in blocks that come into being when one of their names
   does.  Powers of two. */
#define _PyPolicy_NAME_BLOCKS 4
#define _PyPolicy_NAME_BLOCK 128

/* Names of events; a power of two. */
#define _PyPolicy_FREE_EVENTS 64

/* Names that are looked up for each module that is loaded. */
#define _PyPolicy_LOAD_NAMES 3

/* A class that was made just now, and where: nobody but whoever is called
   with it can have it yet.  Addresses are only compared. */
#define _PyPolicy_FRESH 4

struct _PyPolicyFresh {
    const void *type;
    const void *frame;
    const void *code;
    int at;                     /* the instruction of the frame */
};

/* In _PyThreadStateImpl. */
struct _PyPolicyThread {
    uint32_t base;              /* who acts at the base of the stack:
                                   0 unknown, else 1 + a set id */
    uint32_t anchored;          /* 1 while the bottom of the stack is marked:
                                   a stack without the mark is a greenlet's,
                                   of which nobody knows who made it */
    const struct _PyInterpreterFrame *marshalling;  /* in which the import
                                   system has the C loader compile, unmarshal
                                   or marshal, which raises events; or NULL */
    uint32_t caching;           /* 1 while the import system writes what the
                                   C loader has compiled */
    uint32_t own_call;          /* 1 while the interpreter itself is about to
                                   call __import__() */
    struct _PyPolicyFresh fresh[_PyPolicy_FRESH];
    uint32_t next_fresh;
    uint32_t asks_managers;     /* 1 while what is reached is no policy's
                                   matter any more, only the managers' */
    struct _PySecmanList *managers;     /* of this thread; NULL: none */
    struct _PySecmanCheck *checks;      /* methods of managers that run */
};

/* In PyInterpreterState. */
struct _PyPolicyInterp {
    /* Interned names that no policy restricts: strong references, so that a
       pointer that is found here cannot have been reused. */
    PyObject **free_names[_PyPolicy_NAME_BLOCKS];
    /* The same for events that Python code raises, after so many changes of
       what is in force. */
    PyObject *free_events[_PyPolicy_FREE_EVENTS];
    int free_events_of;
    PyObject *security_error;
    PyObject *import_denied;
    PyObject *access_denied;
    PyObject *deferred_type;    /* of policy_deferred.c; NULL until used */
    uint32_t import_system;     /* 1 when it has been marked as such */
    PyObject *load_names[_PyPolicy_LOAD_NAMES];     /* of principal_pyc.c */
    PyObject *permission_types; /* of _secman.c, by family; NULL until used */
    uint32_t prepared;          /* 0 while the runtime itself makes the
                                   interpreter, and no other code runs */
};

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STATE_H */
