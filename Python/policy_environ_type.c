/* What are `posix.environ`, `os.environ` and `os.environb` under a policy?

   Three objects of one type, a complete mapping.  The first holds the dict of
   the variables and behaves as a dict does; the other two hold the first, and
   behave as `os._Environ`, whose virtual subclass the type is: they convert
   names and values and change the process's environment as well.

   What may be seen, and where a change goes, is asked of policy_environ.c
   with each call.  What looks at several variables makes a dict of what may
   be seen and goes on with that; so a view, as keys() gives one, is of the
   moment. */

#include "Python.h"
#include "pycore_policy_environ.h"
#include "pycore_pyerrors.h"      // _PyErr_SetKeyError()
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <stddef.h>               // offsetof()

typedef enum { RAW, TEXT, BYTES } Kind;

typedef struct {
    PyObject_HEAD
    Kind kind;
    PyObject *data;             /* RAW: the dict; else the RAW object */
} Environ;

static void
environ_dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    Py_CLEAR(((Environ *)op)->data);
    type->tp_free(op);
    Py_DECREF(type);
}

static inline bool
is_environ(PyObject *op)
{
    return Py_TYPE(op)->tp_dealloc == environ_dealloc;
}

static inline Kind
kind_of(PyObject *op)
{
    return ((Environ *)op)->kind;
}

static inline PyObject *
real_of(PyObject *op)
{
    Environ *self = (Environ *)op;
    return self->kind == RAW ? self->data : ((Environ *)self->data)->data;
}

/* Steals `data`. */
static PyObject *
make(PyTypeObject *type, Kind kind, PyObject *data)
{
    Environ *self = (Environ *)type->tp_alloc(type, 0);
    if (self == NULL) {
        Py_DECREF(data);
        return NULL;
    }
    self->kind = kind;
    self->data = data;
    return (PyObject *)self;
}

/* --- Converting --------------------------------------------------------- */

/* To exact bytes, without calling anything that a subclass defines. */
static PyObject *
encode(PyObject *op, PyObject *object)
{
    if (kind_of(op) == TEXT ? PyUnicode_Check(object)
                            : PyBytes_Check(object))
    {
        return kind_of(op) == TEXT ? PyUnicode_EncodeFSDefault(object)
            : PyBytes_CheckExact(object) ? Py_NewRef(object)
            : PyBytes_FromStringAndSize(PyBytes_AS_STRING(object),
                                        PyBytes_GET_SIZE(object));
    }
    PyErr_Format(PyExc_TypeError, "%s expected, not %T",
                 kind_of(op) == TEXT ? "str" : "bytes", object);
    return NULL;
}

/* Steals `bytes`, accepts NULL. */
static PyObject *
decode(PyObject *op, PyObject *bytes)
{
    if (kind_of(op) != TEXT || bytes == NULL) {
        return bytes;
    }
    PyObject *text = PyUnicode_DecodeFSDefaultAndSize(
        PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return text;
}

/* All that may be seen, converted. */
static PyObject *
visible_for(PyObject *op, bool names_only)
{
    PyObject *all = _PyPolicyEnviron_Visible(real_of(op), names_only);
    PyObject *key, *value;
    if (all == NULL || kind_of(op) != TEXT) {
        return all;
    }
    PyObject *result = PyDict_New();
    for (Py_ssize_t pos = 0;
         result != NULL && PyDict_Next(all, &pos, &key, &value); )
    {
        PyObject *k = decode(op, Py_NewRef(key));
        PyObject *v = decode(op, Py_NewRef(value));
        if (k == NULL || v == NULL || PyDict_SetItem(result, k, v) < 0) {
            Py_CLEAR(result);
        }
        Py_XDECREF(k);
        Py_XDECREF(v);
    }
    Py_DECREF(all);
    return result;
}

static PyObject *
visible(PyObject *op)
{
    return visible_for(op, false);
}

/* --- One variable ------------------------------------------------------- */

/* 1 with *value, 0 when there is none, -1. */
static int
find(PyObject *op, PyObject *key, PyObject **value)
{
    *value = NULL;
    if (kind_of(op) == RAW && !PyBytes_Check(key)) {
        return PyObject_Hash(key) == -1 ? -1 : 0;
    }
    PyObject *name = encode(op, key);
    if (name == NULL) {
        return -1;
    }
    int found = _PyPolicyEnviron_Find(real_of(op), name, value);
    Py_DECREF(name);
    if (found > 0) {
        *value = decode(op, *value);
        found = *value != NULL ? 1 : -1;
    }
    return found;
}

/* Where os._Environ raises KeyError "from None", so does this. */
static void
set_key_error(PyObject *op, PyObject *key)
{
    _PyErr_SetKeyError(key);
    PyObject *error = kind_of(op) != RAW ? PyErr_GetRaisedException() : NULL;
    if (error != NULL) {
        PyException_SetCause(error, NULL);
        ((PyBaseExceptionObject *)error)->suppress_context = 1;
        PyErr_SetRaisedException(error);
    }
}

static PyObject *
environ_subscript(PyObject *op, PyObject *key)
{
    PyObject *value;
    if (find(op, key, &value) == 0) {
        set_key_error(op, key);
    }
    return value;
}

static int
environ_ass_subscript(PyObject *op, PyObject *key, PyObject *value)
{
    int result = -1;
    PyObject *encoded = NULL, *name = encode(op, key);
    if (name != NULL && (value == NULL || (encoded = encode(op, value)))) {
        result = _PyPolicyEnviron_Write(real_of(op), name, encoded,
                                        kind_of(op) != RAW);
    }
    if (result == 0) {
        set_key_error(op, key);
    }
    Py_XDECREF(name);
    Py_XDECREF(encoded);
    return result > 0 ? 0 : -1;
}

static int
environ_contains(PyObject *op, PyObject *key)
{
    PyObject *value;
    int found = find(op, key, &value);
    Py_XDECREF(value);
    return found;
}

static PyObject *
environ_get(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *const names[] = {"key", "default", NULL};
    PyObject *key, *value, *otherwise = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|O:get", names, &key,
                                     &otherwise))
    {
        return NULL;
    }
    return find(op, key, &value) == 0 ? Py_NewRef(otherwise) : value;
}

static PyObject *
environ_pop(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *const names[] = {"key", "default", NULL};
    PyObject *key, *value, *otherwise = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "O|O:pop", names, &key,
                                     &otherwise))
    {
        return NULL;
    }
    int found = find(op, key, &value);
    if (found == 0) {
        if (otherwise == NULL) {
            set_key_error(op, key);
        }
        return Py_XNewRef(otherwise);
    }
    if (found > 0 && environ_ass_subscript(op, key, NULL) < 0) {
        Py_CLEAR(value);
    }
    return value;
}

static PyObject *
environ_setdefault(PyObject *op, PyObject *args, PyObject *kwds)
{
    static char *const names[] = {"key", "value", NULL};
    PyObject *key, *value, *otherwise;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "OO:setdefault", names,
                                     &key, &otherwise))
    {
        return NULL;
    }
    if (find(op, key, &value) == 0
        && environ_ass_subscript(op, key, otherwise) == 0)
    {
        (void)find(op, key, &value);
    }
    return value;
}

/* --- All of them -------------------------------------------------------- */

static Py_ssize_t
environ_length(PyObject *op)
{
    PyObject *all = _PyPolicyEnviron_Visible(real_of(op), true);
    Py_ssize_t n = all != NULL ? PyDict_GET_SIZE(all) : -1;
    Py_XDECREF(all);
    return n;
}

/* What a dict of all that may be seen answers to a method without
   arguments. */
static PyObject *
ask_visible(PyObject *op, const char *method)
{
    PyObject *all = visible(op);
    PyObject *result = all ? PyObject_CallMethod(all, method, NULL) : NULL;
    Py_XDECREF(all);
    return result;
}

static PyObject *
environ_iter(PyObject *op)
{
    PyObject *all = visible_for(op, true);
    PyObject *iterator = all != NULL ? PyObject_GetIter(all) : NULL;
    Py_XDECREF(all);
    return iterator;
}

static PyObject *
environ_keys(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return ask_visible(op, "keys");
}

static PyObject *
environ_values(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return ask_visible(op, "values");
}

static PyObject *
environ_items(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return ask_visible(op, "items");
}

static PyObject *
environ_copy(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return visible(op);
}

static PyObject *
environ_repr(PyObject *op)
{
    PyObject *all = visible(op);
    PyObject *result = all == NULL ? NULL
        : kind_of(op) == RAW ? PyObject_Repr(all)
        : PyUnicode_FromFormat("environ(%R)", all);
    Py_XDECREF(all);
    return result;
}

static PyObject *
environ_popitem(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    PyObject *all = visible(op), *key, *value, *result = NULL;
    Py_ssize_t pos = 0;
    if (all != NULL && PyDict_Next(all, &pos, &key, &value)) {
        result = PyTuple_Pack(2, key, value);
        if (result != NULL && environ_ass_subscript(op, key, NULL) < 0) {
            Py_CLEAR(result);
        }
    }
    else if (all != NULL) {
        PyErr_SetString(PyExc_KeyError, "popitem(): no variable is left");
    }
    Py_XDECREF(all);
    return result;
}

static PyObject *
environ_clear(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    PyObject *all = visible(op), *key, *value;
    int failed = all == NULL;
    for (Py_ssize_t pos = 0;
         !failed && PyDict_Next(all, &pos, &key, &value); )
    {
        failed = environ_ass_subscript(op, key, NULL) < 0;
    }
    Py_XDECREF(all);
    return failed ? NULL : Py_NewRef(Py_None);
}

/* Each item of a dict that is nobody else's. */
static int
set_all(PyObject *op, PyObject *items)
{
    PyObject *key, *value;
    for (Py_ssize_t pos = 0; PyDict_Next(items, &pos, &key, &value); ) {
        if (environ_ass_subscript(op, key, value) < 0) {
            return -1;
        }
    }
    return 0;
}

static PyObject *
environ_update(PyObject *op, PyObject *args, PyObject *kwds)
{
    PyObject *items = PyObject_Call((PyObject *)&PyDict_Type, args, kwds);
    int result = items != NULL ? set_all(op, items) : -1;
    Py_XDECREF(items);
    return result < 0 ? NULL : Py_NewRef(Py_None);
}

/* --- With another mapping ----------------------------------------------- */

/* A dict that is nobody else's, of a mapping; NULL without an exception when
   it is none. */
static PyObject *
as_dict(PyObject *other)
{
    if (is_environ(other)) {
        return visible(other);
    }
    if (!PyDict_Check(other)) {
        PyObject *keys = NULL;
        int has = PyMapping_Check(other)
                  ? PyObject_GetOptionalAttrString(other, "keys", &keys) : 0;
        Py_XDECREF(keys);
        if (has <= 0) {
            return NULL;
        }
    }
    PyObject *result = PyDict_New();
    if (result != NULL && PyDict_Update(result, other) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *
environ_or(PyObject *left, PyObject *right)
{
    /* The other one first: it may be in Python. */
    PyObject *result = is_environ(left) ? NULL : as_dict(left);
    PyObject *more = !is_environ(left) && result == NULL ? NULL
                     : as_dict(right);
    if (is_environ(left) && more != NULL) {
        result = as_dict(left);
    }
    if (more == NULL || result == NULL || PyDict_Update(result, more) < 0) {
        Py_CLEAR(result);
    }
    Py_XDECREF(more);
    return result != NULL ? result
           : PyErr_Occurred() ? NULL : Py_NewRef(Py_NotImplemented);
}

static PyObject *
environ_ior(PyObject *op, PyObject *other)
{
    PyObject *items = is_environ(other)
        ? visible(other)
        : PyObject_CallOneArg((PyObject *)&PyDict_Type, other);
    int result = items != NULL ? set_all(op, items) : -1;
    Py_XDECREF(items);
    return result < 0 ? NULL : Py_NewRef(op);
}

static PyObject *
environ_richcompare(PyObject *op, PyObject *other, int how)
{
    PyObject *left = NULL, *right = NULL, *result = NULL;
    if (how != Py_EQ && how != Py_NE) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    right = as_dict(other);
    left = right != NULL ? visible(op) : NULL;
    if (left != NULL) {
        result = PyObject_RichCompare(left, right, how);
    }
    else if (!PyErr_Occurred()) {
        result = Py_NewRef(Py_NotImplemented);
    }
    Py_XDECREF(left);
    Py_XDECREF(right);
    return result;
}

/* --- What os.py and copy ask for ---------------------------------------- */

/* os.environ, or os.environb, above posix.environ. */
static PyObject *
above(PyObject *op, Kind kind)
{
    PyObject *data = kind_of(op) == RAW ? op : ((Environ *)op)->data;
    return make(Py_TYPE(op), kind, Py_NewRef(data));
}

static PyObject *
environ_as_text(PyObject *op, PyObject *base)
{
    PyObject *registered = PyObject_CallMethod(base, "register", "O",
                                               Py_TYPE(op));
    if (registered == NULL) {
        return NULL;
    }
    Py_DECREF(registered);
    return above(op, TEXT);
}

static PyObject *
environ_as_bytes(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return above(op, BYTES);
}

static PyObject *
environ_data(PyObject *op, void *Py_UNUSED(closure))
{
    if (kind_of(op) == RAW) {
        PyErr_SetString(PyExc_AttributeError, "_data");
        return NULL;
    }
    return Py_NewRef(((Environ *)op)->data);
}

static PyObject *
environ_encode(PyObject *op, PyObject *object)
{
    return encode(op, object);
}

static PyObject *
environ_decode(PyObject *op, PyObject *object)
{
    if (!PyBytes_Check(object)) {
        PyErr_Format(PyExc_TypeError, "bytes expected, not %T", object);
        return NULL;
    }
    return decode(op, Py_NewRef(object));
}

static PyObject *
environ_self(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    return Py_NewRef(op);
}

/* Variables of its own, as far as they may be seen now. */
static PyObject *
environ_deepcopy(PyObject *op, PyObject *Py_UNUSED(memo))
{
    PyObject *real = _PyPolicyEnviron_Visible(real_of(op), false);
    PyObject *raw = real != NULL ? make(Py_TYPE(op), RAW, real) : NULL;
    return raw == NULL || kind_of(op) == RAW
           ? raw : make(Py_TYPE(op), kind_of(op), raw);
}

static PyObject *
environ_reduce(PyObject *op, PyObject *Py_UNUSED(ignored))
{
    PyErr_Format(PyExc_TypeError, "cannot pickle %T object", op);
    return NULL;
}

static PyMethodDef environ_methods[] = {
    {"get", _PyCFunction_CAST(environ_get), METH_VARARGS | METH_KEYWORDS},
    {"pop", _PyCFunction_CAST(environ_pop), METH_VARARGS | METH_KEYWORDS},
    {"setdefault", _PyCFunction_CAST(environ_setdefault),
     METH_VARARGS | METH_KEYWORDS},
    {"update", _PyCFunction_CAST(environ_update),
     METH_VARARGS | METH_KEYWORDS},
    {"keys", environ_keys, METH_NOARGS},
    {"values", environ_values, METH_NOARGS},
    {"items", environ_items, METH_NOARGS},
    {"copy", environ_copy, METH_NOARGS},
    {"popitem", environ_popitem, METH_NOARGS},
    {"clear", environ_clear, METH_NOARGS},
    {"encodekey", environ_encode, METH_O},
    {"encodevalue", environ_encode, METH_O},
    {"decodekey", environ_decode, METH_O},
    {"decodevalue", environ_decode, METH_O},
    {"_as_text", environ_as_text, METH_O},
    {"_as_bytes", environ_as_bytes, METH_NOARGS},
    {"__copy__", environ_self, METH_NOARGS},
    {"__deepcopy__", environ_deepcopy, METH_O},
    {"__reduce__", environ_reduce, METH_NOARGS},
    {"__reduce_ex__", environ_reduce, METH_O},
    {NULL}
};

static PyGetSetDef environ_getset[] = {
    {"_data", environ_data},
    {NULL}
};

static PyType_Slot environ_slots[] = {
    {Py_tp_dealloc, environ_dealloc},
    {Py_tp_repr, environ_repr},
    {Py_tp_hash, PyObject_HashNotImplemented},
    {Py_tp_richcompare, environ_richcompare},
    {Py_tp_iter, environ_iter},
    {Py_tp_methods, environ_methods},
    {Py_tp_getset, environ_getset},
    {Py_mp_length, environ_length},
    {Py_mp_subscript, environ_subscript},
    {Py_mp_ass_subscript, environ_ass_subscript},
    {Py_sq_contains, environ_contains},
    {Py_nb_or, environ_or},
    {Py_nb_inplace_or, environ_ior},
    {0, NULL}
};

static PyType_Spec environ_spec = {
    .name = "os._Environ",
    .basicsize = sizeof(Environ),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_MAPPING,
    .slots = environ_slots,
};

PyObject *
_PyPolicyEnviron_New(PyObject *real)
{
    if (real == NULL) {
        return NULL;
    }
    PyObject *type = PyType_FromSpec(&environ_spec);
    if (type == NULL) {
        Py_DECREF(real);
        return NULL;
    }
    PyObject *result = make((PyTypeObject *)type, RAW, real);
    Py_DECREF(type);
    return result;
}
