/* Handles of security managers, permissions and targets: what the files of
   this module share. */

#ifndef SECMAN_HANDLES_H
#define SECMAN_HANDLES_H

#ifndef Py_BUILD_CORE_BUILTIN
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_secman.h"

#define _PySecman_N_TARGETS 7

typedef struct {
    PyTypeObject *target;         /* of all targets */
    PyTypeObject *permission;     /* of all permissions */
    PyTypeObject *base;           /* SecurityManagerBase */
    PyTypeObject *targets[_PySecman_N_TARGETS];
} _PySecmanState;

extern struct PyModuleDef _PySecman_Definition;

/* The state of the module that made the type; NULL with an exception set. */
extern _PySecmanState *_PySecman_StateOf(PyTypeObject *type);

#define _PySecman_TYPE_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE)

/* --- _secman_target.c */

/* What a handle of a target holds; borrowed. */
extern const _PySecmanTarget *_PySecmanHandle_Target(PyObject *op);

/* A new handle of a copy. */
extern PyObject *_PySecmanHandle_NewTarget(_PySecmanState *state,
                                           const _PySecmanTarget *target);
extern int _PySecmanHandle_AddTargets(PyObject *module,
                                      _PySecmanState *state);

/* --- _secman_permission.c */

extern _PySecmanPermission *_PySecmanHandle_Permission(PyObject *op);

/* A new handle, by the class of its family; steals the permission, which may
   be NULL. */
extern PyObject *_PySecmanHandle_NewPermission(
    _PySecmanPermission *permission);

/* A new handle of a permission for that event, which may not be anybody's. */
extern PyObject *_PySecmanHandle_NewFor(const char *event, bool allow);

/* The number of the family whose class it is, or inherits from; -1: of
   none. */
extern int _PySecmanHandle_FamilyOfType(PyTypeObject *type);
extern int _PySecmanHandle_AddPermissions(PyObject *module,
                                          _PySecmanState *state);

/* --- _secman_manager.c */

extern _PySecman *_PySecmanHandle_Manager(PyObject *op);

/* SecurityManagerBase.on_...() and dispatch_audit(), to tell a class's own
   methods from them. */
extern PyObject *_PySecmanHandle_On(PyObject *self, PyObject *args);
extern PyObject *_PySecmanHandle_Dispatch(PyObject *self, PyObject *args);
extern int _PySecmanHandle_AddManagers(PyObject *module,
                                       _PySecmanState *state);

#endif /* !SECMAN_HANDLES_H */
