/* Does the owner change itself?

   What a dependency's own statement sets in a class or a module of its own,
   and names, is the owner's doing, whoever called it.  So it is in the
   standard library.  But `self.x = …` there names nothing: its methods can be
   called with a class or a module of the same library in the place of self
   (JSONDecoder.__init__(json.decoder)), so that this is the caller's doing.

   A few functions of the standard library live on changing a class or a
   module that they were handed, or found.  They are named here, each with the
   attribute that it sets: what a stranger could reach through them is no more
   than what they are for.

   importlib.util.LazyLoader makes a module lazy before it is executed, and
   whoever uses it first has the class that it had given back to it.  That is
   the import system's doing, as long as it is the class of all modules, and
   the one function in which that happens does it.

   An extension module that is being initialised has no frame, and fills its
   own module and classes.

   Called by: policy_patch.c. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_intrinsics.h"    // INTRINSIC_PRINT
#include "pycore_opcode_metadata.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_patch_impl.h"
#include "pycore_policy_plain.h"
#include "pycore_pystate.h"       // _Py_IsMainInterpreter()
#include "pycore_typeobject.h"
#include "pycore_unicodeobject.h" // _PyUnicode_EQ()

/* --- Functions that change what they are handed ------------------------- */

typedef enum {
    ANYBODYS,
    LIBRARYS,                   /* of the standard library */
    ITS_MODULES,                /* of the module whose function it is, or this
                                   module itself */
} reach;

static const struct {
    char function[28], attribute[36];
    reach reach;
} KEEPERS[] = {
    /* They keep in a class what they have found out about it. */
    {"_slotnames", "__slotnames__", ANYBODYS},
    {"_no_init_or_replace_init", "__init__", ANYBODYS},
    {"_handleClassSetUp", "_classSetupFailed", ANYBODYS},
    {"doClassCleanups", "tearDown_exceptions", ANYBODYS},
    {"_sanitize_windows_name", "_windows_illegal_name_trans_table",
     ITS_MODULES},                                      /* zipfile */
    {"test", "address_family", ITS_MODULES},            /* http.server */
    {"test", "protocol_version", ITS_MODULES},
    /* They forget which warnings were shown, or show them elsewhere. */
    {"__enter__", "__warningregistry__", ANYBODYS},
    {"__enter__", "filters", ITS_MODULES},
    {"__enter__", "showwarning", ITS_MODULES},
    {"__enter__", "_showwarnmsg_impl", ITS_MODULES},
    {"__exit__", "filters", ITS_MODULES},
    {"__exit__", "showwarning", ITS_MODULES},
    {"__exit__", "_showwarnmsg_impl", ITS_MODULES},
    {"reload", "__spec__", LIBRARYS},
};

/* Is a class of the module whose code runs, or is this module it?  Names will
   do for classes: they are changed by a patch, which is judged, or by changing
   a dictionary, which gives more.  No key is compared by code of its own. */
static bool
is_of_this_module(PyThreadState *tstate, PyObject *object)
{
    PyObject *globals = _PyPolicyStack_Globals(tstate), *here = NULL;
    if (PyModule_Check(object)) {
        return ((PyModuleObject *)object)->md_dict == globals;
    }
    PyObject *said = _PyPolicyPatch_ModuleOfClass((PyTypeObject *)object);
    if (globals != NULL && PyDict_CheckExact(globals)
        && _PyPolicy_IsPlain(globals))
    {
        (void)PyDict_GetItemRef(globals, &_Py_ID(__name__), &here);
        PyErr_Clear();
    }
    bool is = said != NULL && here != NULL && PyUnicode_CheckExact(said)
              && PyUnicode_CheckExact(here) && _PyUnicode_EQ(said, here);
    Py_XDECREF(said);
    Py_XDECREF(here);
    return is;
}

/* The row for the innermost code, which is the standard library's, when it
   sets an attribute of that name; -1: none. */
static int
keeper_of(PyThreadState *tstate, PyObject *name)
{
    for (int i = 0; name != NULL && PyUnicode_Check(name)
                    && i < (int)Py_ARRAY_LENGTH(KEEPERS); i++)
    {
        const char *const functions[] = {KEEPERS[i].function, NULL};
        if (_PyUnicode_EqualToASCIIString(name, KEEPERS[i].attribute)
            && _PyPolicyStack_StdlibFunction(tstate, functions))
        {
            return i;
        }
    }
    return -1;
}

static bool
keeps_books(PyThreadState *tstate, const _PyPolicyPatched *what, int keeper)
{
    return keeper >= 0 && what->object != NULL
           && (KEEPERS[keeper].reach == ANYBODYS
               || (what->owner == _PyPrincipal_STDLIB
                   && (KEEPERS[keeper].reach == LIBRARYS
                       || is_of_this_module(tstate, what->object))));
}

/* --- Lazy modules ------------------------------------------------------- */

/* _LazyModule.__getattribute__() gives a module back the class of modules,
   with a call of object.__setattr__().  What else is called there has frames
   of its own, or is a C callable, which acts for who built it. */
static bool
ends_laziness(PyThreadState *tstate, const _PyPolicyPatched *what)
{
    static const char *const FILES[] = {
        "/importlib/util.py", "frozen importlib.util>", NULL
    };
    static const char *const FUNCTIONS[] = {"__getattribute__", NULL};
    return what->object != NULL && PyModule_Check(what->object)
           && what->value == (PyObject *)&PyModule_Type
           && PyUnicode_Check(what->name)
           && _PyUnicode_EqualToASCIIString(what->name, "__class__")
           && _PyPolicyStack_StdlibFunction(tstate, FUNCTIONS)
           && _PyPolicyStack_StdlibFile(tstate, FILES);
}

/* --- builtins._ --------------------------------------------------------- */

/* Does the application print an expression, as in the interactive interpreter?
   What is printed is kept in builtins._ by C code, which has no frame. */
static bool
prints(PyThreadState *tstate, const _PyPolicyPatched *what)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK || what->name == NULL
        || what->object == NULL || !PyModule_Check(what->object)
        || ((PyModuleObject *)what->object)->md_dict
           != tstate->interp->builtins)
    {
        return false;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    int at = (int)(f->instr_ptr - _PyCode_CODE(code));
    return _Py_GetBaseOpcode(code, at) == CALL_INTRINSIC_1
           && f->instr_ptr->op.arg == INTRINSIC_PRINT
           && PyUnicode_Check(what->name)
           && _PyUnicode_EqualToASCIIString(what->name, "_");
}

/* --- Extension modules -------------------------------------------------- */

/* Does an extension module of the owner's, which is being initialised, fill
   itself and its classes?  Nothing else runs there: Python code has frames of
   its own, and a C callable acts for who built it. */
static bool
initializes(PyThreadState *tstate, uint32_t owner)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    const _PyPolicyMark *mark = f != NULL && f->owner == FRAME_OWNED_BY_CSTACK
                                ? _PyPolicyMark_Of(f) : NULL;
    return mark != NULL && mark->initializes != _PyPrincipal_STDLIB
           && _PyPolicyPatch_IsOwn(mark->initializes, owner);
}

/* --- Statements --------------------------------------------------------- */

/* What a statement of the standard library's says of itself when it sets an
   attribute of that name. */
typedef struct {
    PyCodeObject *code;
    int at;
    PyObject *name;             /* of the attribute: C code may choose it */
    bool global;                /* it names what it changes */
    int keeper;                 /* the row of KEEPERS, or -1 */
} Statement;

static Statement
read_statement(PyThreadState *tstate, PyObject *name)
{
    Statement said = {
        .name = name,
        .global = _PyPolicyStack_StoresInGlobal(tstate),
        .keeper = keeper_of(tstate, name),
    };
    said.code = _PyPolicyStack_At(tstate, &said.at);
    return said;
}

#ifdef Py_GIL_DISABLED
static Statement
statement_now(PyThreadState *tstate, PyObject *name)
{
    return read_statement(tstate, name);
}
#else
/* Few of them set most of what is set (the warnings that each test of many
   catches), so what they say is remembered.  Only for the main interpreter,
   under its lock; code and names are held, so that their addresses are not
   others'. */
static Statement statements[64];

static Statement
statement_now(PyThreadState *tstate, PyObject *name)
{
    int at = 0;
    PyCodeObject *code = _PyPolicyStack_At(tstate, &at);
    Statement *known = &statements[((uintptr_t)code / 64 + (size_t)at)
                                   % Py_ARRAY_LENGTH(statements)];
    if (!_Py_IsMainInterpreter(tstate->interp) || code == NULL) {
        return read_statement(tstate, name);
    }
    if (known->code == code && known->at == at && known->name == name) {
        return *known;
    }
    Statement said = read_statement(tstate, name), old = *known;
    Py_INCREF(said.code);
    Py_XINCREF(said.name);
    *known = said;
    Py_XDECREF(old.code);
    Py_XDECREF(old.name);
    return said;
}
#endif

void
_PyPolicyPatch_ForgetCode(PyInterpreterState *interp)
{
#ifndef Py_GIL_DISABLED
    for (size_t i = 0; i < Py_ARRAY_LENGTH(statements)
                       && _Py_IsMainInterpreter(interp); i++)
    {
        Py_CLEAR(statements[i].code);
        Py_CLEAR(statements[i].name);
    }
#endif
}

bool
_PyPolicyPatch_IsStatement(PyThreadState *tstate,
                           const _PyPolicyPatched *what)
{
    if (_PyPolicyStack_Storing(tstate) != _PyPrincipal_STDLIB) {
        return ends_laziness(tstate, what);
    }
    Statement said = statement_now(tstate, what->name);
    return what->empty
           || (what->owner == _PyPrincipal_STDLIB
               && (said.global || _PyPolicyStack_ImportSystem(tstate, NULL)))
           || keeps_books(tstate, what, said.keeper);
}

bool
_PyPolicyPatch_ByItself(PyThreadState *tstate, const _PyPolicyActing *acting,
                        const _PyPolicyPatched *what)
{
    if (what->owner == _PyPrincipal_STDLIB) {
        return acting->stdlib_body || _PyPolicyStack_IsOwn(tstate)
               || (acting->nobody && prints(tstate, what));
    }
    return what->owner >= _PyPrincipal_FIRST
           && (initializes(tstate, what->owner)
               || (_PyPolicyPatch_IsOwn(_PyPolicyStack_Storing(tstate),
                                        what->owner)
                   && _PyPolicyStack_StoresInGlobal(tstate)));
}
