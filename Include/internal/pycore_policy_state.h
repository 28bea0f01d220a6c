/* What a thread and an interpreter each remember for the import policy.
   Both structures are zero when nothing is known; zero never grants. */

#ifndef Py_INTERNAL_POLICY_STATE_H
#define Py_INTERNAL_POLICY_STATE_H
#ifdef __cplusplus
extern "C" {
#endif

#include <stddef.h>
#include <stdint.h>

/* The cache of names, in blocks that come into being when one of their names
   does.  Powers of two. */
#define _PyPolicy_NAME_BLOCKS 4
#define _PyPolicy_NAME_BLOCK 128

/* A name under which something is imported, and who may do that. */
#define _PyPolicy_NAME_FREE UINT32_MAX

struct _PyPolicyKnownName {
    struct _object *name;       /* strong, so that its address is not used
                                   for another one; NULL: nothing is known */
    uint32_t who;               /* 1 + a set; FREE: everybody */
    int changes;                /* of what was in force, for a set */
};

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

/* What a thread has been granted lately, and is not asked for again: files
   (policy_file_known.c), and addresses and sockets (policy_net_known.c).
   Powers of two. */
#define _PyPolicy_KNOWN_FILES 4
#define _PyPolicy_KNOWN_ADDRESSES 8

struct _PyPolicyKnownFiles {
    uint32_t set;               /* 1 + who acts; 0: nothing is known */
    uint32_t inner;             /* and who is innermost */
    int changes;                /* of what was in force */
    uint32_t access;            /* how it is reached */
    const char *path;           /* a directory, in a list */
    size_t len;                 /* 0: all directories */
};

struct _PyPolicyKnownAddress {
    const char *event;          /* a literal: its address is compared */
    uint32_t set, inner;        /* as above */
    uint32_t state;             /* of what it depends on */
    uint32_t len;               /* of the address; 0: whatever it is */
    uint8_t address[28];        /* as the kernel gets it */
};

/* What the walk of a stack yields from a frame outwards: see
   pycore_policy_tail.h.  One more is for the frame at the top. */
#define _PyPolicy_TAILS 16

struct _PyPolicyTail {
    const struct _PyInterpreterFrame *frame;    /* only compared */
    uint32_t set;               /* as in _PyPolicyActing */
    uint32_t inner;
    uint32_t stdlib_body;
};

/* The set of those whom a walk has met: see policy_stack.c. */
#define _PyPolicy_SEEN_BITS 6

struct _PyPolicySeen {
    uint64_t low, high;         /* a bit for each; no bit: nothing is known */
    uint32_t set;
};

/* In _PyThreadStateImpl. */
struct _PyPolicyThread {
    uint32_t base;              /* who acts at the base of the stack:
                                   0 unknown, else 1 + a set id */
    uint32_t anchored;          /* 1 while the bottom of the stack is marked:
                                   a stack without the mark is a greenlet's,
                                   of which nobody knows who made it */
    uint32_t tracers;           /* who registered a trace or profile function:
                                   0 nobody, else 1 + a set id */
    const struct _PyInterpreterFrame *marshalling;  /* in which the import
                                   system has the C loader compile, unmarshal
                                   or marshal, which raises events; or NULL */
    uint32_t caching;           /* 1 while the import system writes what the
                                   C loader has compiled */
    uint32_t own_call;          /* 1 while the interpreter itself is about to
                                   call __import__() */
    struct _PyPolicyFresh fresh[_PyPolicy_FRESH];
    uint32_t next_fresh;
    /* What is asked for together lies together: the tail at the top, and
       what was granted. */
    uint32_t next_tail;         /* 0: none but that at the top has been kept */
    struct _PyPolicyTail tails[_PyPolicy_TAILS + 1];
    struct _PyPolicySeen seen[1 << _PyPolicy_SEEN_BITS];
    struct _PyPolicyKnownAddress addresses[_PyPolicy_KNOWN_ADDRESSES];
    struct _PyPolicyKnownFiles files[_PyPolicy_KNOWN_FILES];
    uint32_t next_address;
    uint32_t next_files;
    uint32_t asks_managers;     /* 1 while what is reached is no policy's
                                   matter any more, only the managers' */
    struct _PySecmanList *managers;     /* of this thread; NULL: none */
    struct _PySecmanCheck *checks;      /* methods of managers that run */
};

/* In PyInterpreterState. */
struct _PyPolicyInterp {
    struct _PyPolicyKnownName *names[_PyPolicy_NAME_BLOCKS];
    /* Names of events that Python code raises and no policy restricts, after
       so many changes of what is in force: strong references. */
    PyObject *free_events[_PyPolicy_FREE_EVENTS];
    int free_events_of;
    PyObject *security_error;
    PyObject *import_denied;
    PyObject *access_denied;
    PyObject *deferred_type;    /* of policy_deferred.c; NULL until used */
    PyObject *method_type;      /* of policy_deferred_method.c; the same */
    PyObject *library;          /* of policy_library.c; the same */
    const PyMethodDef *getattr, *next;      /* the builtins', once they have
                                   been met; read and written atomically */
    uint32_t import_system;     /* 1 when it has been marked as such */
    PyObject *load_names[_PyPolicy_LOAD_NAMES];     /* of principal_pyc.c */
    PyObject *permission_types; /* of _secman.c, by family; NULL until used */
    uint32_t prepared;          /* 0 while the runtime itself makes the
                                   interpreter, and no other code runs */
    uint32_t foreign_frames;    /* 1 once others may make frames (PEP 523) */
};

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STATE_H */
