/* Whose is what is being changed?

   The capability `patch` is about attributes of modules and classes, about
   what a function executes, and about the local variables of a frame, where
   these are not one's own.

   Where no policy restricts it, nothing here runs: only when one does are
   the slots through which the attributes of modules and classes are set
   exchanged for those below.  Types that are made later inherit them; the
   wrappers that Python code calls (type.__setattr__) hold a slot of their own
   and are exchanged too, but for object.__setattr__, which all classes go by:
   its wrapper in upstream's code asks here.

   Free are: one's own, a class that is still being made and was handed over
   (to a decorator, a metaclass), a class that derives from one of one's own
   (or whose metaclass is), what the import system itself sets on modules, and
   what statements of the owner's set in what is the owner's, as long as they
   do not set it on whatever they are handed.

   What this does not see are changes that are not made by setting attributes:
   vars(module)[name] = …, function.__globals__, what the collector finds.

   policy_patch_owner.c knows whose a thing is, policy_patch_itself.c what an
   owner does to his own things.

   Called by: policy_setup.c (install), policy_gate.c (events), upstream's
   typeobject.c and frameobject.c. */

#include "Python.h"
#include "pycore_descrobject.h"   // PyWrapperDescrObject
#include "pycore_object.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_known.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_patch_impl.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_typeobject.h"    // _PyType_GetDict()

#include <string.h>

/* --- The verdict -------------------------------------------------------- */

/* What the application changes of its own stays its own, whoever stands
   beyond it. */
static uint32_t
own_set(const _PyPolicyActing *acting)
{
    return _PyPolicyBeyond_Strip(acting->set);
}

/* Is it the runtime itself, on the thread on which it makes a
   sub-interpreter?  No other code runs there as long as the stack is empty. */
static bool
completes_interpreter(PyThreadState *tstate)
{
    return (_PyThreadStateImpl *)tstate == &tstate->interp->_initial_thread
           && !_Py_IsMainInterpreter(tstate->interp)
           && _PyPolicyStack_IsEmpty(tstate);
}

/* A name for what is changed, which a grant's targets are held against:
   `said`, as far as it lies within what its owner is called. */
static int
judge(PyThreadState *tstate, const _PyPolicyActing *acting, uint32_t owner,
      PyObject *said)
{
    const char *text = NULL;
    if (said != NULL && PyUnicode_Check(said)) {
        text = PyUnicode_AsUTF8(said);
        if (text == NULL) {
            PyErr_Clear();
        }
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(owner, &members);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        size_t len = strlen(name);
        if (text == NULL || strncmp(text, name, len) != 0
            || (text[len] != '.' && text[len] != '\0'))
        {
            text = name;
        }
    }
    if (_PyPolicySetup_IsMaking(tstate->interp)
        || (owner < _PyPrincipal_UNKNOWN
            && ((acting->nobody && !_PyPolicySetup_Started())
                || completes_interpreter(tstate))))
    {
        /* The interpreter's own start-up, whoever started it. */
        return 0;
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_PATCH,
        .event = "object.__setattr__",
        .target = {
            .text = text ? text : "?",
            .len = strlen(text ? text : "?"),
            .port = -1,
        },
    };
    return _PyPolicyGate_AccessBy(tstate, &access, acting);
}

/* Who acts?  And is it known that they may change everything? */
static bool
may_all(PyThreadState *tstate, _PyPolicyActing *acting)
{
    *acting = _PyPolicyStack_Acting(tstate);
    return _PyPolicyKnown_IsWhole(_PyPolicy_PATCH, acting) > 0;
}

static int
judge_module(PyThreadState *tstate, PyModuleObject *module, PyObject *name,
             PyObject *value)
{
    if (_PyPolicyStack_ImportSystem(tstate, NULL)) {
        return 0;               /* whoever acts */
    }
    /* A statement of the standard library's mostly may, which takes no walk to
       tell; where somebody else does it, whose it is matters less often. */
    bool stdlib = _PyPolicyStack_Storing(tstate) == _PyPrincipal_STDLIB;
    _PyPolicyActing acting;
    if (!stdlib && may_all(tstate, &acting)) {
        return 0;
    }
    _PyPolicyPatched what = {
        .object = (PyObject *)module, .name = name, .value = value,
    };
    what.owner = _PyPolicyPatch_OwnerOfModule(module, &what.empty);
    if (_PyPolicyPatch_IsStatement(tstate, &what)
        || (stdlib && may_all(tstate, &acting))
        || _PyPolicyPatch_IsOwn(own_set(&acting), what.owner)
        || _PyPolicyPatch_ByItself(tstate, &acting, &what))
    {
        return 0;
    }
    return judge(tstate, &acting, what.owner, module->md_name);
}

static int
judge_class(PyThreadState *tstate, PyTypeObject *type, PyObject *name)
{
    if (_PyPolicyPatch_IsUnready(type)) {
        return 0;
    }
    if (type->_tp_principal == _PyPrincipal_STDLIB
        && _PyPolicyStack_StdlibBody(tstate))
    {
        return 0;               /* by itself, which takes no walk to tell */
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    _PyPolicyPatched what = {
        .object = (PyObject *)type, .name = name,
        .owner = type->_tp_principal,
    };
    if (_PyPolicyPatch_IsOwnClass(tstate, own_set(&acting), type)
        || _PyPolicyPatch_IsStatement(tstate, &what)
        || _PyPolicyPatch_ByItself(tstate, &acting, &what))
    {
        return 0;
    }
    PyObject *said = _PyPolicyPatch_ModuleOfClass(type);
    if (said == NULL
        && (said = PyUnicode_FromString(type->tp_name)) == NULL)
    {
        PyErr_Clear();
    }
    int result = judge(tstate, &acting, what.owner, said);
    Py_XDECREF(said);
    return result;
}

static int
judge_code(PyThreadState *tstate, PyCodeObject *code)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    _PyPolicyPatched what = {.owner = code->_co_principal & _PyPrincipal_SET};
    if (_PyPolicyPatch_IsOwn(own_set(&acting), what.owner)
        || (what.owner == _PyPrincipal_STDLIB
            && (_PyPolicyPatch_IsStatement(tstate, &what)
                || _PyPolicyPatch_ByItself(tstate, &acting, &what))))
    {
        return 0;
    }
    char *canonical = NULL;
    const char *file = PyUnicode_AsUTF8(code->co_filename);
    if (file == NULL) {
        PyErr_Clear();
    }
    else {
        (void)_PyPrincipal_OfFile(file, NULL, &canonical);
    }
    PyObject *said = canonical ? PyUnicode_FromString(canonical) : NULL;
    PyMem_RawFree(canonical);
    if (said == NULL) {
        PyErr_Clear();
    }
    int result = judge(tstate, &acting, what.owner, said);
    Py_XDECREF(said);
    return result;
}

int
_PyPolicyGate_JudgeModule(PyObject *module, PyObject *name, PyObject *value)
{
    return judge_module(_PyThreadState_GET(), (PyModuleObject *)module, name,
                        value);
}

int
_PyPolicyGate_JudgeLocals(PyCodeObject *code)
{
    return judge_code(_PyThreadState_GET(), code);
}

int
_PyPolicyPatch_JudgeEvent(PyThreadState *tstate,
                          const _PyPolicyEvent *Py_UNUSED(event),
                          PyObject *args)
{
    if (args == NULL || !PyTuple_Check(args) || PyTuple_GET_SIZE(args) < 1) {
        return 0;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(args);
    PyObject *object = PyTuple_GET_ITEM(args, 0);
    PyObject *name = n > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
    if (PyFunction_Check(object)) {
        return judge_code(tstate,
                          (PyCodeObject *)PyFunction_GET_CODE(object));
    }
    if (PyType_Check(object)) {
        return judge_class(tstate, (PyTypeObject *)object, name);
    }
    if (PyModule_Check(object)) {
        return judge_module(tstate, (PyModuleObject *)object, name,
                            n > 2 ? PyTuple_GET_ITEM(args, 2) : NULL);
    }
    return 0;
}

/* --- Slots -------------------------------------------------------------- */

static setattrofunc module_original, type_original;
static initproc module_init_original;

static int
module_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    if (_PyPolicyGate_Restricts(_PyPolicy_PATCH)
        && !_PyPolicyStack_IsAlone(_PyThreadState_GET())
        && judge_module(_PyThreadState_GET(), (PyModuleObject *)self, name,
                        value) < 0)
    {
        return -1;
    }
    return module_original(self, name, value);
}

static int
type_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    if (_PyPolicyGate_Restricts(_PyPolicy_PATCH)
        && !_PyPolicyStack_IsAlone(_PyThreadState_GET())
        && !(((PyTypeObject *)self)->tp_flags & Py_TPFLAGS_IMMUTABLETYPE)
        && judge_class(_PyThreadState_GET(), (PyTypeObject *)self, name) < 0)
    {
        return -1;
    }
    return type_original(self, name, value);
}

/* ModuleType.__init__(module, name) gives it another name. */
static int
module_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (_PyPolicyGate_Restricts(_PyPolicy_PATCH)
        && ((PyModuleObject *)self)->md_name != NULL
        && judge_module(_PyThreadState_GET(), (PyModuleObject *)self, NULL,
                        NULL) < 0)
    {
        return -1;
    }
    return module_init_original(self, args, kwargs);
}

/* The wrapper `name` of a type calls `then`: let it call `now`. */
static void
exchange_wrapper(PyTypeObject *type, const char *name, void *then, void *now)
{
    PyObject *dict = _PyType_GetDict(type);
    PyObject *wrapper = dict ? PyDict_GetItemString(dict, name) : NULL;
    if (wrapper != NULL && Py_IS_TYPE(wrapper, &PyWrapperDescr_Type)
        && ((PyWrapperDescrObject *)wrapper)->d_wrapped == then)
    {
        ((PyWrapperDescrObject *)wrapper)->d_wrapped = now;
    }
}

void
_PyPolicyPatch_Install(void)
{
    PyTypeObject *module = &PyModule_Type, *type = &PyType_Type;
    if (module->tp_setattro == module_setattro) {
        return;
    }
    module_original = module->tp_setattro;
    type_original = type->tp_setattro;
    module_init_original = module->tp_init;
    module->tp_setattro = module_setattro;
    module->tp_init = module_init;
    type->tp_setattro = type_setattro;
    exchange_wrapper(type, "__setattr__", (void *)type_original,
                     (void *)type_setattro);
    exchange_wrapper(type, "__delattr__", (void *)type_original,
                     (void *)type_setattro);
    exchange_wrapper(module, "__init__", (void *)module_init_original,
                     (void *)module_init);
}
