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

   The owner of a thing is what no Python code can set: of a class, who was
   acting when it was made (a field of PyTypeObject that Python does not see);
   of a function, whose code it is; of a module, whose body has run in its
   dictionary, which is written down here, since a module has no room for it.
   A module in which no genuine body ran belongs to whoever made it; one that
   the import system made and nobody filled, to nobody.

   Free are: one's own, a class that is still being made and was handed over
   (to a decorator, a metaclass), a class that derives from one of one's own
   (or whose metaclass is), what the import system itself sets on modules, and
   what statements of the owner's set in what is the owner's, as long as they
   do not set it on whatever they are handed.

   What this does not see are changes that are not made by setting attributes:
   vars(module)[name] = …, function.__globals__, what the collector finds.

   Called by: policy_setup.c (install), policy_gate.c (events), upstream's
   moduleobject.c, typeobject.c, frameobject.c. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_descrobject.h"   // PyWrapperDescrObject
#include "pycore_dict.h"          // DK_IS_UNICODE()
#include "pycore_distribution.h"
#include "pycore_moduleobject.h"  // PyModuleObject
#include "pycore_object.h"
#include "pycore_opcode_metadata.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_known.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_typeobject.h"    // _PyType_GetDict()
#include "pycore_unicodeobject.h" // _PyUnicode_EQ()

#include <string.h>

/* --- Whose is a module? ------------------------------------------------- */

/* From a module's dictionary to a set, with open addressing.  An entry is
   written anew when a module is made, so an address that is used again does
   no harm; a dictionary that is gone is never asked about. */
typedef struct {
    const void *dict;           /* NULL: empty */
    uint32_t set;
    bool body;                  /* a genuine body ran in it */
} owned;

static struct {
    PyMutex mutex;
    owned *entries;
    size_t size, used;          /* a power of two, or 0 */
} owners;

static owned *
find_owner(owned *entries, size_t size, const void *dict)
{
    size_t at = ((uintptr_t)dict >> 4) * 0x9E3779B1u;
    for (at &= size - 1; entries[at].dict != NULL; at = (at + 1) & (size - 1))
    {
        if (entries[at].dict == dict) {
            break;
        }
    }
    return &entries[at];
}

static bool
grow_owners(void)
{
    if ((owners.used + 1) * 2 <= owners.size) {
        return true;
    }
    size_t size = owners.size ? owners.size * 2 : 64;
    owned *entries = PyMem_RawCalloc(size, sizeof(*entries));
    if (entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < owners.size; i++) {
        if (owners.entries[i].dict != NULL) {
            *find_owner(entries, size, owners.entries[i].dict) =
                owners.entries[i];
        }
    }
    PyMem_RawFree(owners.entries);
    owners.entries = entries;
    owners.size = size;
    return true;
}

/* Without memory there is no entry, and the module is nobody's. */
static void
set_owner(const void *dict, uint32_t set, bool body)
{
    PyMutex_Lock(&owners.mutex);
    if (grow_owners()) {
        owned *entry = find_owner(owners.entries, owners.size, dict);
        if (entry->dict == NULL) {
            entry->dict = dict;
            owners.used++;
        }
        else if (body && entry->body) {
            /* The body of another one in it makes it both's. */
            set = _PyPrincipal_Join(entry->set, set);
        }
        entry->set = set;
        entry->body = body;
    }
    PyMutex_Unlock(&owners.mutex);
}

/* What was there before anything was written down is the standard library's.
   *filled: is there more to it than that it was made, a body or C code? */
static uint32_t
owner_of(const PyModuleObject *module, bool *filled)
{
    owned entry = {0};
    PyMutex_Lock(&owners.mutex);
    if (owners.size > 0) {
        entry = *find_owner(owners.entries, owners.size, module->md_dict);
    }
    PyMutex_Unlock(&owners.mutex);
    *filled = entry.dict == NULL || entry.body || module->md_def != NULL;
    return entry.set;
}

/* Who makes a module or a class here and now?  STDLIB: nobody in
   particular. */
static uint32_t
maker(PyThreadState *tstate)
{
    if (tstate == NULL || _PyPolicyStack_IsAlone(tstate)
        || _PyPolicySetup_IsMaking(tstate->interp)
        || _PyPolicyStack_ImportSystem(tstate, NULL)
        || _PyPolicyStack_StdlibBody(tstate) || _PyPolicyStack_IsOwn(tstate))
    {
        return _PyPrincipal_STDLIB;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (acting.stdlib_body) {
        return _PyPrincipal_STDLIB;
    }
    uint32_t set = _PyPolicyBeyond_Strip(acting.set);
    if (set == _PyPrincipal_STDLIB && _PyPolicySetup_Started()) {
        return _PyPrincipal_APPLICATION;
    }
    return set;
}

/* --- Classes that nobody has yet ---------------------------------------- */

/* A decorator of a class, a metaclass, and what __init_subclass__() calls
   change a class that is handed to them before anybody else can have it.  So
   the last few classes that were made on a thread are remembered, with the
   statement that makes each: as long as that one executes nothing but calls,
   the class has not been stored anywhere. */

static int
instruction_of(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return (int)(f->instr_ptr - _PyCode_CODE(code));
}

uint32_t
_PyPrincipal_NoteClass(PyTypeObject *type)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t set = maker(tstate);
    const _PyInterpreterFrame *f = set == _PyPrincipal_STDLIB
                                   ? NULL : tstate->current_frame;
    for (; f != NULL; f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        if ((code->_co_principal & _PyPrincipal_SET) == set) {
            struct _PyPolicyThread *thread =
                &((_PyThreadStateImpl *)tstate)->policy;
            thread->fresh[thread->next_fresh++ % _PyPolicy_FRESH] =
                (struct _PyPolicyFresh){type, f, code, instruction_of(f)};
            break;
        }
    }
    return set;
}

void
_PyPrincipal_NoteReady(PyTypeObject *type)
{
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) && type->tp_dict == NULL) {
        type->_tp_principal = _PyPrincipal_NoteClass(type);
    }
}

static bool
is_only_called(PyCodeObject *code, int from, int to)
{
    while (from < to) {
        int opcode = _Py_GetBaseOpcode(code, from);
        if (opcode != CALL && opcode != CALL_KW && opcode != EXTENDED_ARG
            && opcode != NOP)
        {
            return false;
        }
        from += 1 + _PyOpcode_Caches[opcode];
    }
    return from == to;
}

static bool
is_fresh(PyThreadState *tstate, PyTypeObject *type)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    for (int i = 0; i < _PyPolicy_FRESH; i++) {
        const struct _PyPolicyFresh *fresh = &thread->fresh[i];
        if (fresh->type != type) {
            continue;
        }
        const _PyInterpreterFrame *f = tstate->current_frame;
        while (f != NULL && f != fresh->frame) {
            f = f->previous;
        }
        if (f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
            && f->f_executable == fresh->code
            && is_only_called((PyCodeObject *)f->f_executable, fresh->at,
                              instruction_of(f)))
        {
            return true;
        }
    }
    return false;
}

void
_PyPrincipal_NoteModule(PyObject *dict)
{
    set_owner(dict, maker(_PyThreadState_GET()), false);
}

void
_PyPolicyPatch_BodyRuns(PyObject *dict, uint32_t set)
{
    set_owner(dict, set, true);
}

void
_PyPolicyPatch_ExtensionMade(PyObject *module, uint32_t set)
{
    set_owner(((PyModuleObject *)module)->md_dict, set, true);
}

/* --- Is it one's own? --------------------------------------------------- */

/* Two names of one distribution? */
static bool
is_sibling(uint32_t a, uint32_t b)
{
    const uint32_t *members;
    if (_PyPrincipal_Members(a, &members) != 1) {
        return false;
    }
    const char *one = _PyPrincipal_Name(members[0]);
    if (_PyPrincipal_Members(b, &members) != 1 || members[0] == 0) {
        return false;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return false;
    }
    int owner = _PyDistributions_OwnerOf(installed, one);
    return owner >= 0 && owner == _PyDistributions_OwnerOf(
                             installed, _PyPrincipal_Name(members[0]));
}

static bool
is_own(uint32_t acting, uint32_t owner)
{
    if (acting == _PyPrincipal_STDLIB) {
        return owner == _PyPrincipal_APPLICATION;
    }
    return owner >= _PyPrincipal_FIRST
           && (owner == acting || is_sibling(owner, acting));
}

/* One's own, or derived from one's own? */
static bool
is_own_class(uint32_t acting, PyTypeObject *type)
{
    PyObject *mro = type->tp_mro;
    if (is_own(acting, type->_tp_principal)) {
        return true;
    }
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (is_own(acting, base->_tp_principal)) {
            return true;
        }
    }
    return is_own(acting, Py_TYPE(type)->_tp_principal);
}

/* What the application changes of its own stays its own, whoever stands
   beyond it. */
static uint32_t
own_set(const _PyPolicyActing *acting)
{
    return _PyPolicyBeyond_Strip(acting->set);
}

/* Some functions write on whatever class or module they are given what they
   have found out about it: in copyreg, typing, importlib. */
static bool
keeps_books(PyThreadState *tstate)
{
    static const char *const FUNCTIONS[] = {
        "_slotnames", "_no_init_or_replace_init", "reload", NULL
    };
    return _PyPolicyStack_ImportSystem(tstate, NULL)
           || _PyPolicyStack_StdlibFunction(tstate, FUNCTIONS);
}

/* Is it a statement of the standard library's that may change what is its? */
static bool
is_statement(PyThreadState *tstate, bool near)
{
    return _PyPolicyStack_Storing(tstate) == _PyPrincipal_STDLIB
           && (near || _PyPolicyStack_StoresInGlobal(tstate)
               || keeps_books(tstate));
}

/* Does the owner change itself, whoever asked it to?  The body of a module of
   the standard library, or a statement that names what it changes (`sys.argv
   = …`, `Parser.cached = True`), which gives a stranger no more than an
   assignment to a global variable would; and not `self.cached = …`, which can
   be called with anything for self, nor setattr().

   `near`: it is of no other module than the code that changes it, or has none
   yet.  That is enough in the standard library (warnings.catch_warnings). */
static bool
changes_itself(PyThreadState *tstate, const _PyPolicyActing *acting,
               uint32_t owner, bool near)
{
    if (owner == _PyPrincipal_STDLIB) {
        return acting->stdlib_body || _PyPolicyStack_IsOwn(tstate)
               || is_statement(tstate, near);
    }
    return owner >= _PyPrincipal_FIRST
           && is_own(_PyPolicyStack_Storing(tstate), owner)
           && _PyPolicyStack_StoresInGlobal(tstate);
}

/* --- The verdict -------------------------------------------------------- */

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

static int
judge_module(PyThreadState *tstate, PyModuleObject *module)
{
    bool filled;
    uint32_t owner = owner_of(module, &filled);
    bool near = !filled || _PyPolicyStack_Globals(tstate) == module->md_dict;
    if (_PyPolicyStack_ImportSystem(tstate, NULL)
        || (owner == _PyPrincipal_STDLIB && is_statement(tstate, near)))
    {
        return 0;               /* whoever acts */
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (is_own(own_set(&acting), owner)
        || _PyPolicyKnown_IsWhole(_PyPolicy_PATCH, &acting) > 0
        || changes_itself(tstate, &acting, owner, near))
    {
        return 0;
    }
    return judge(tstate, &acting, owner, module->md_name);
}

/* The name of the class's module, as the class has it; borrowed, or NULL. */
static PyObject *
module_of(PyTypeObject *type)
{
    PyObject *said = NULL, *dict = _PyType_GetDict(type);
    if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) && dict != NULL) {
        said = PyDict_GetItemWithError(dict, &_Py_ID(__module__));
        PyErr_Clear();
    }
    return said;
}

/* Is it of the module whose code runs?  Names will do: they are changed by a
   patch, which is judged, or by changing a dictionary, which gives more.  No
   key is compared by code of its own. */
static bool
is_of_this_module(PyThreadState *tstate, PyTypeObject *type)
{
    PyObject *globals = _PyPolicyStack_Globals(tstate);
    PyObject *said = module_of(type), *here = NULL;
    if (globals != NULL && PyDict_CheckExact(globals)
        && DK_IS_UNICODE(((PyDictObject *)globals)->ma_keys))
    {
        here = PyDict_GetItemWithError(globals, &_Py_ID(__name__));
        PyErr_Clear();
    }
    return said != NULL && here != NULL && PyUnicode_CheckExact(said)
           && PyUnicode_CheckExact(here) && _PyUnicode_EQ(said, here);
}

static int
judge_class(PyThreadState *tstate, PyTypeObject *type)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    uint32_t owner = type->_tp_principal;
    if (is_own_class(own_set(&acting), type) || is_fresh(tstate, type)
        || changes_itself(tstate, &acting, owner,
                          is_of_this_module(tstate, type)))
    {
        return 0;
    }
    PyObject *said = module_of(type);
    if (said != NULL) {
        Py_INCREF(said);
    }
    else if ((said = PyUnicode_FromString(type->tp_name)) == NULL) {
        PyErr_Clear();
    }
    int result = judge(tstate, &acting, owner, said);
    Py_XDECREF(said);
    return result;
}

static int
judge_code(PyThreadState *tstate, PyCodeObject *code)
{
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    uint32_t owner = code->_co_principal & _PyPrincipal_SET;
    if (is_own(own_set(&acting), owner)
        || (owner == _PyPrincipal_STDLIB
            && changes_itself(tstate, &acting, owner, true)))
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
    int result = judge(tstate, &acting, owner, said);
    Py_XDECREF(said);
    return result;
}

int
_PyPolicyGate_JudgeModule(PyObject *module)
{
    return judge_module(_PyThreadState_GET(), (PyModuleObject *)module);
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
    PyObject *object = PyTuple_GET_ITEM(args, 0);
    if (PyFunction_Check(object)) {
        return judge_code(tstate,
                          (PyCodeObject *)PyFunction_GET_CODE(object));
    }
    if (PyType_Check(object)) {
        return judge_class(tstate, (PyTypeObject *)object);
    }
    if (PyModule_Check(object)) {
        return judge_module(tstate, (PyModuleObject *)object);
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
        && judge_module(_PyThreadState_GET(), (PyModuleObject *)self) < 0)
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
        && judge_class(_PyThreadState_GET(), (PyTypeObject *)self) < 0)
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
        && judge_module(_PyThreadState_GET(), (PyModuleObject *)self) < 0)
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
