/* What the files that judge patches ask each other. */

#ifndef Py_INTERNAL_POLICY_PATCH_IMPL_H
#define Py_INTERNAL_POLICY_PATCH_IMPL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_moduleobject.h"  // PyModuleObject
#include "pycore_policy_stack.h"

/* --- policy_patch_owner.c: whose is it? --------------------------------- */

/* *empty: is there nothing in it yet that somebody could rely on?  It was made
   by the import system, or is an extension module, and has not been executed;
   or is somebody's who only made it. */
extern uint32_t _PyPolicyPatch_OwnerOfModule(const PyModuleObject *module,
                                             bool *empty);

/* Is what this set owns that set's own?  STDLIB acts for the application. */
extern bool _PyPolicyPatch_IsOwn(uint32_t acting, uint32_t owner);

/* Is it a class of one's own, or derived from one, or has it not been stored
   anywhere by the statement that makes it? */
extern bool _PyPolicyPatch_IsOwnClass(PyThreadState *tstate, uint32_t acting,
                                      PyTypeObject *type);

/* Has native code yet to make it ready?  It alone has it so far, and fills it
   as it likes: mypyc sets attributes before. */
extern bool _PyPolicyPatch_IsUnready(PyTypeObject *type);

/* The name of the class's module, as the class has it; a new reference, or
   NULL without an exception. */
extern PyObject *_PyPolicyPatch_ModuleOfClass(PyTypeObject *type);

/* --- policy_patch_itself.c: does the owner change itself? --------------- */

/* Something that is to be changed: an attribute of a module or a class, or
   what a function executes, or a local variable. */
typedef struct {
    PyObject *object;           /* the module or the class; else NULL */
    PyObject *name;             /* of the attribute; or NULL */
    PyObject *value;            /* NULL: not known, or it is deleted */
    uint32_t owner;
    bool empty;                 /* a module: see above */
} _PyPolicyPatched;

/* Is it a statement of the standard library's that may do this, whoever
   acts?  One that names what it changes (`sys.argv = …`), or one of a few. */
extern bool _PyPolicyPatch_IsStatement(PyThreadState *tstate,
                                       const _PyPolicyPatched *what);

/* Is it otherwise the owner's own doing, whoever asked for it: of the body of
   a module of the standard library, or of a dependency's statement that names
   what it changes (`Parser.cached = True`)?  That gives a stranger no more
   than an assignment to a global variable would; `self.cached = …` names
   nothing, and setattr() even less. */
extern bool _PyPolicyPatch_ByItself(PyThreadState *tstate,
                                    const _PyPolicyActing *acting,
                                    const _PyPolicyPatched *what);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PATCH_IMPL_H */
