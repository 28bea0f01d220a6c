/* What the program itself has taken away since it began. */

#ifndef Py_INTERNAL_POLICY_NARROW_H
#define Py_INTERNAL_POLICY_NARROW_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A note says what was taken away, and where:

       KIND/LINE MEMBERS\nFILE

   MEMBERS are those of a policy, on one line: "$permissions" first, which has
   an entry for each from whom something is taken, if only an empty one, then
   module keys, whose value is [] or "*".  Keys take the import from those who
   have an entry; what they say of anybody else does not matter.  Notes of the
   kind "drop" are handed to children as they are.  Those of the kind "permit"
   are also names of principals, which nothing on a disk can be called (a
   slash, and not at the beginning); they are members of acting sets as long
   as the block is on the stack, and so are inherited by whatever inherits
   such a set. */
#define _PyPolicyNarrow_DROP "drop/"
#define _PyPolicyNarrow_PERMIT "permit/"

/* The name that has an entry in the permissions of a permit. */
#define _PyPolicyNarrow_WHOEVER "permit"

/* The note, compiled: a policy that is in audit mode if all that are in force
   are, and logs where the first of them logs.  NULL, and *error is filled as
   by _PyPolicy_Parse(), when it is not well made. */
extern _PyPolicy *_PyPolicyNarrow_Compile(const char *note,
                                          _PyPolicyError *error);

/* Has there ever been a note with a module key?  And a permit since what is
   known of keys was last forgotten, which KnowKeys() says is about to happen?
   (Under the lock of a change, policy_access.c.) */
extern bool _PyPolicyNarrow_HasKeys(void);
extern bool _PyPolicyNarrow_HasNewKeys(void);
extern void _PyPolicyNarrow_KnowKeys(void);

/* Does the note, a drop's, take what its keys speak of from the principal? */
extern bool _PyPolicyNarrow_TakesFrom(const _PyPolicy *policy,
                                      const char *principal);

/* Does the key of some permit speak of the event? */
extern bool _PyPolicyNarrow_HasRule(const char *event);

/* --- Permits ------------------------------------------------------------- */

static inline bool
_PyPolicyNarrow_IsPermit(const char *principal)
{
    return principal[0] == 'p' && principal[1] == 'e'
           && strncmp(principal, _PyPolicyNarrow_PERMIT,
                      sizeof(_PyPolicyNarrow_PERMIT) - 1) == 0;
}

/* Make the note a principal; returns the set that holds it alone.  0 (the
   standard library) when it is not well made, with *error filled, or when
   memory is short, with its code "no-memory". */
extern uint32_t _PyPolicyNarrow_Permit(const char *note,
                                       _PyPolicyError *error);

/* At start: the set was inherited; compile the permits in it.  -1 as above. */
extern int _PyPolicyNarrow_Inherit(uint32_t set, _PyPolicyError *error);

/* The policy of a permit, by its index as a principal; NULL when there is
   none of that name: then nothing is allowed. */
extern const _PyPolicy *_PyPolicyNarrow_PolicyOf(uint32_t principal);

/* Bit 1 << capability: some permit restricts it. */
extern uint32_t _PyPolicyNarrow_Capabilities(void);

/* Has there ever been a permit? */
extern bool _PyPolicyNarrow_IsUsed(void);

/* The permits in the set alone. */
extern uint32_t _PyPolicyNarrow_PermitsOf(uint32_t set);

/* The set without the permits in it: STDLIB when nobody is left. */
extern uint32_t _PyPolicyNarrow_WithoutPermits(uint32_t set);

/* And without those who stand beyond the application: who it is about. */
PyAPI_FUNC(uint32_t) _PyPolicyNarrow_Strip(uint32_t set);

/* --- Blocks (policy_scope.c) ----------------------------------------------

   Blocks that are being executed, by the frame that executes them. */

struct _PyInterpreterFrame;

typedef struct _PyPolicyBlock {
    struct _PyPolicyBlock *next;
    const struct _PyInterpreterFrame *frame;    /* NULL: not entered */
    const PyThreadState *tstate;
    uint32_t set;               /* of its permit */
} _PyPolicyBlock;

extern void _PyPolicyScope_Enter(_PyPolicyBlock *block,
                                 const PyThreadState *tstate,
                                 const struct _PyInterpreterFrame *frame,
                                 uint32_t set);
extern void _PyPolicyScope_Leave(_PyPolicyBlock *block);

/* How many there are in the process. */
PyAPI_DATA(int) _PyPolicy_Blocks;

/* The set joined with the permits of the blocks in which the frame is. */
extern uint32_t _PyPolicyScope_JoinFrame(
    uint32_t set, const struct _PyInterpreterFrame *frame);

/* The set joined with the permits of all blocks that are open in the thread,
   on whatever stack. */
extern uint32_t _PyPolicyScope_JoinThread(uint32_t set,
                                          const PyThreadState *tstate);

/* --- The module's functions (policy_permit.c) ---------------------------- */

/* The state of the module _importpolicy. */
typedef struct {
    PyObject *exit_type;        /* of what ends a permit's block */
} _PyPolicyPermitState;

/* _importpolicy.drop, and the type _importpolicy.permit.  Making it also
   fills the module's state. */
PyAPI_FUNC(PyObject *) _PyPolicyPermit_Drop(PyObject *module, PyObject *args,
                                            PyObject *kwargs);
PyAPI_FUNC(PyObject *) _PyPolicyPermit_NewType(PyObject *module);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_NARROW_H */
