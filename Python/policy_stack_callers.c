/* What functions of the standard library call what anybody may have put there?

   Tables that everybody can write hold patterns that re has compiled, how
   copy copies what is of a class, and filters of logs; objects that all share,
   as the decoder of json, have methods that anybody can exchange; and what
   receives data for the application may be an object of somebody's.  These
   functions call what they find there for whoever calls them, and do nothing
   themselves that is judged.  (operator.py and functools.py have classes that
   are written in C, too, and whose objects hold what they call: in C these
   know who made them.)

   Loaders and hooks may be anybody's objects, and the import system calls what
   they say.  (Finders are asked with what is imported, which nobody but who
   imports it says.)

   linecache calls what somebody says is a loader's (and whatever stands in its
   table as found, by _imp.as_found()), and two run whatever is left in a queue
   or a registry: in those nobody known acts, but in what is deferred.

   A function that calls generators' functions of the library's has no place
   here unless such a call counts as shown (policy_stack_found.c): else nobody
   known acts where it asks for whom the generator is made.

   Code is told to be of one of them by its place, when it first matters: only
   code that the genuine loader has loaded is asked about.

   Called by: policy_stack_found.c. */

#include "Python.h"
#include "pycore_code.h"          // PyCodeObject
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_innermost.h"
#include "pycore_principal.h"
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

/* A file of the standard library, and qualified names of functions in it.  No
   file: more of those in the one above. */
typedef struct {
    char file[32], names[3][56];    /* arrays need no relocation at start-up */
} Callers;

static const Callers CALLERS[] = {
    {"/_threading_local.py", {"_patch"}},
    {"/argparse.py", {"ArgumentParser._get_value"}},
    {"/asyncio/base_events.py", {"BaseEventLoop.call_exception_handler"}},
    {"/asyncio/selector_events.py",
     {"_SelectorSocketTransport._read_ready__data_received",
      "_SelectorDatagramTransport._read_ready"}},
    {"/asyncio/sslproto.py", {"SSLProtocol._do_read__copied"}},
    {"/asyncio/unix_events.py", {"_UnixReadPipeTransport._read_ready"}},
    {"/codecs.py",
     {"BufferedIncrementalDecoder.decode", "BufferedIncrementalEncoder.encode",
      "iterdecode"}},
    {"", {"StreamReader.read", "StreamRecoder.__next__",
          "StreamRecoder.read"}},
    {"", {"StreamRecoder.readline", "StreamRecoder.readlines",
          "StreamRecoder.write"}},
    {"", {"StreamRecoder.writelines", "StreamWriter.write", "iterencode"}},
    {"/concurrent/futures/thread.py", {"_worker"}},
    {"/configparser.py",
     {"BasicInterpolation._interpolate_some",
      "ExtendedInterpolation._interpolate_some",
      "RawConfigParser._handle_option"}},
    {"", {"RawConfigParser._unify_values", "RawConfigParser.get",
          "RawConfigParser.has_option"}},
    {"", {"RawConfigParser.remove_option", "RawConfigParser.set"}},
    {"/contextlib.py", {"_GeneratorContextManagerBase.__init__",
                        "_GeneratorContextManagerBase._recreate_cm"}},
    {"", {"AsyncExitStack.enter_async_context",
          "_BaseExitStack.enter_context"}},
    {"/copy.py", {"copy", "deepcopy", "replace"}},
    {"/email/message.py",
     {"Message.__setitem__", "Message.get", "Message.get_all"}},
    {"", {"Message.items", "Message.replace_header", "Message.values"}},
    {"/enum.py", {"property.__delete__", "property.__get__",
                  "property.__set__"}},
    {"/fnmatch.py", {"filter", "fnmatchcase"}},
    {"/functools.py",
     {"cached_property.__get__", "partial.__call__",
      "partialmethod._make_unbound_method.<locals>._method"}},
    {"", {"_ge_from_gt", "_ge_from_le", "_ge_from_lt"}},
    {"", {"_gt_from_ge", "_gt_from_le", "_gt_from_lt"}},
    {"", {"_le_from_ge", "_le_from_gt", "_le_from_lt"}},
    {"", {"_lt_from_ge", "_lt_from_gt", "_lt_from_le"}},
    {"/hashlib.py", {"file_digest"}},
    {"/json/decoder.py", {"JSONDecoder.decode", "JSONDecoder.raw_decode"}},
    {"/json/encoder.py", {"_make_iterencode.<locals>._iterencode"}},
    {"/linecache.py", {"lazycache.<locals>.get_lines"}},
    {"/logging/__init__.py",
     {"Filterer.filter", "Formatter.format", "Formatter.formatMessage"}},
    {"", {"Handler.format", "Handler.handle", "Logger._log"}},
    {"", {"Logger.callHandlers", "Logger.handle", "PercentStyle.format"}},
    {"/logging/handlers.py",
     {"BaseRotatingHandler.emit", "BaseRotatingHandler.rotate",
      "BaseRotatingHandler.rotation_filename"}},
    {"", {"BufferingHandler.emit", "MemoryHandler.flush",
          "QueueHandler.emit"}},
    {"", {"QueueHandler.enqueue"}},
    {"/multiprocessing/util.py", {"_run_finalizers"}},
    {"/operator.py", {"attrgetter.__call__", "itemgetter.__call__",
                      "methodcaller.__call__"}},
    {"/pickle.py", {"_Pickler.save"}},
    {"/re/__init__.py", {"findall", "finditer", "fullmatch"}},
    {"", {"match", "search", "split"}},
    {"", {"sub", "subn"}},
    {"/reprlib.py", {"Repr.repr1"}},
    {"/sched.py", {"scheduler.run"}},
    {"/shutil.py", {"make_archive", "unpack_archive"}},
    {"/_strptime.py", {"_strptime"}},
    {"/types.py",
     {"DynamicClassAttribute.__delete__", "DynamicClassAttribute.__get__",
      "DynamicClassAttribute.__set__"}},
    {"/typing.py", {"_no_init_or_replace_init"}},
    {"/unittest/async_case.py",
     {"IsolatedAsyncioTestCase._callMaybeAsync",
      "IsolatedAsyncioTestCase.enterAsyncContext"}},
    {"/unittest/case.py",
     {"TestCase._callCleanup", "TestCase.doClassCleanups",
      "doModuleCleanups"}},
    {"", {"_enter_context"}},
};

static const Callers IMPORT_SYSTEM[] = {
    {"importlib._bootstrap>",
     {"_exec", "_load_backward_compatible", "_load_unlocked"}},
    {"", {"module_from_spec"}},
    {"importlib._bootstrap_external>", {"PathFinder._path_hooks"}},
};

static bool
is_one_of(PyCodeObject *code, const Callers *callers)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(callers->names); i++) {
        const char *name = callers->names[i];
        if (*name != '\0'
            && _PyUnicode_EqualToASCIIString(code->co_qualname, name))
        {
            return true;
        }
    }
    return false;
}

static bool
is_among(PyCodeObject *code, const Callers *callers, size_t n)
{
    /* The interpreter carries this one of them with it. */
    bool frozen = _PyPolicyStack_IsOfFile(code, "frozen codecs>");
    bool is_here = false;
    for (size_t i = 0; i < n; i++) {
        if (callers[i].file[0] != '\0') {
            is_here = _PyPolicyStack_IsOfFile(code, callers[i].file)
                      || (frozen
                          && strcmp(callers[i].file, "/codecs.py") == 0);
        }
        if (is_here && is_one_of(code, &callers[i])) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyStack_CallsFound(PyCodeObject *code)
{
    return code->_co_principal & _PyPrincipal_IMPORT
           ? is_among(code, IMPORT_SYSTEM, Py_ARRAY_LENGTH(IMPORT_SYSTEM))
           : is_among(code, CALLERS, Py_ARRAY_LENGTH(CALLERS));
}
