/*
 * Runs functions of one compiled module in one warm process: `host MODULE FOLDER`. The module is a dynamic library that
 * was generated around the user's own code; it knows languages and values, this program knows only frames.
 *
 * Frames on file descriptor 3, both ways: length of the rest (4 bytes, little-endian), call id (4 bytes), kind (1 byte),
 * then JSON in UTF-8. In: `c` a call. Out: `h` hello, `b` the call begins, `v` its values, `e` its error, and once, `k`:
 * calls may stand in line here. On descriptor 4: `r`, asks for calls back and says which were given.
 *
 * Calls run in the main thread, in the order in which they came. A second thread gives calls back that have not begun;
 * both claim a call by an atomic exchange, so a call either runs here or goes back. Prints go to the process's own
 * streams, which the agent reads; before an answer leaves, a mark on each of them says that its call's output ends there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CHANNEL = 3, RECALLS = 4, HEAD_BYTES = 9, READ_BYTES = 1 << 20 };

/* ---- the module's side ------------------------------------------------------------------------------------------- */

/* What a call gives: the JSON after the cost, `"values":[…]}` of a value or `"error":{…}}` of an error. */
struct polyglot_answer {
  char kind; /* 'v' or 'e' */
  const char *text;
  size_t size;
  uint64_t conversion_ns;
  uint64_t writing_ns; /* of it, for what the function gave */
};

typedef void (*call_function)(const char *body, size_t size, struct polyglot_answer *answer);
/* The answer's text was sent and may go. */
typedef void (*release_function)(struct polyglot_answer *answer);

/* ---- bytes that grow --------------------------------------------------------------------------------------------- */

struct bytes {
  char *data;
  size_t size, room;
};

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(70);
}

static char *grow(struct bytes *bytes, size_t more) {
  if (bytes->size + more > bytes->room) {
    size_t room = bytes->room == 0 ? READ_BYTES : bytes->room;
    while (room < bytes->size + more) room *= 2;
    char *data = realloc(bytes->data, room);
    if (data == NULL) fail("no memory for a frame");
    bytes->data = data;
    bytes->room = room;
  }
  return bytes->data + bytes->size;
}

static void append(struct bytes *bytes, const void *data, size_t size) {
  memcpy(grow(bytes, size), data, size);
  bytes->size += size;
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static void append_head(struct bytes *out, char kind, uint32_t id, size_t body_size) {
  uint32_t length = (uint32_t)body_size + 5;
  char head[HEAD_BYTES];
  for (int index = 0; index < 4; index++) {
    head[index] = (char)(length >> (8 * index));
    head[4 + index] = (char)(id >> (8 * index));
  }
  head[8] = kind;
  append(out, head, HEAD_BYTES);
}

static void send_all(int descriptor, struct bytes *out) {
  for (size_t sent = 0; sent < out->size;) {
    ssize_t written = write(descriptor, out->data + sent, out->size - sent);
    if (written < 0 && errno == EINTR) continue;
    /* The agent is gone; so is whoever would read why. */
    if (written <= 0) _exit(0);
    sent += (size_t)written;
  }
  out->size = 0;
}

/* ---- marks in the process's own streams ---------------------------------------------------------------------------- */

enum { STREAMS = 2, MARK_ROOM = 128 };

/* Copies, because user code may turn its own streams elsewhere. */
static int streams[STREAMS];
static const char *worker_name = "";

static void keep_streams(void) {
  for (int index = 0; index < STREAMS; index++) streams[index] = fcntl(1 + index, F_DUPFD_CLOEXEC, RECALLS + 1);
  const char *name = getenv("POLYGLOT_WORKER");
  if (name != NULL) worker_name = strdup(name);
}

/* A record separator, the worker's name, the call's id. A child may have set the stream that it shares non-blocking. */
static void mark_end(uint32_t id) {
  char mark[MARK_ROOM];
  int size = snprintf(mark, sizeof mark, "\x1e%s%08x", worker_name, id);
  for (int index = 0; index < STREAMS; index++) {
    for (int sent = 0; sent < size;) {
      ssize_t written = write(streams[index], mark + sent, (size_t)(size - sent));
      if (written > 0) sent += (int)written;
      else if (errno == EAGAIN) poll(&(struct pollfd){.fd = streams[index], .events = POLLOUT}, 1, -1);
      else if (errno != EINTR) break;
    }
  }
}

struct reader {
  int descriptor;
  struct bytes in;
  size_t at;
};

struct frame {
  uint32_t id;
  const char *body;
  size_t size;
};

static uint32_t number_at(const char *text) {
  const unsigned char *bytes = (const unsigned char *)text;
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static int has_frame(const struct reader *reader) {
  size_t left = reader->in.size - reader->at;
  return left >= 4 && left - 4 >= number_at(reader->in.data + reader->at);
}

/* False at the end of the descriptor. The body is good until the next call. */
static int next_frame(struct reader *reader, struct frame *frame) {
  while (!has_frame(reader)) {
    if (reader->at > 0) {
      memmove(reader->in.data, reader->in.data + reader->at, reader->in.size - reader->at);
      reader->in.size -= reader->at;
      reader->at = 0;
    }
    ssize_t got = read(reader->descriptor, grow(&reader->in, READ_BYTES), READ_BYTES);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    reader->in.size += (size_t)got;
  }
  const char *start = reader->in.data + reader->at;
  uint32_t length = number_at(start);
  frame->id = number_at(start + 4);
  frame->body = start + HEAD_BYTES;
  frame->size = length - 5;
  reader->at += 4 + (size_t)length;
  return 1;
}

/* ---- who has a call: the thread that begins it, or the one that gives it back ------------------------------------- */

enum { SLOTS = 1024, BEGUN = 0, GIVEN_BACK = 1 };

static _Atomic uint32_t claims[SLOTS];

/* Ids grow, and far fewer calls are sent than there are slots, so a slot is free when an id comes to it. */
static int claim(uint32_t id, uint32_t by) {
  uint32_t own = id & 0x3fffffff;
  uint32_t before = atomic_load(&claims[id % SLOTS]);
  if (before >> 1 >= own) return 0;
  return atomic_compare_exchange_strong(&claims[id % SLOTS], &before, own * 2 + by);
}

/* The agent asks with a list of ids, as JSON: `[7,8]`. */
static void *give_back(void *nothing) {
  struct reader reader = {.descriptor = RECALLS};
  struct bytes out = {0}, given = {0};
  struct frame frame;
  (void)nothing;
  while (next_frame(&reader, &frame)) {
    given.size = 0;
    append(&given, "[", 1);
    for (size_t at = 0; at < frame.size;) {
      uint32_t id = 0;
      size_t digits = 0;
      for (; at < frame.size && frame.body[at] >= '0' && frame.body[at] <= '9'; at++, digits++)
        id = id * 10 + (uint32_t)(frame.body[at] - '0');
      if (digits == 0) {
        at++;
        continue;
      }
      if (!claim(id, GIVEN_BACK)) continue;
      char text[16];
      int size = snprintf(text, sizeof text, given.size == 1 ? "%u" : ",%u", id);
      append(&given, text, (size_t)size);
    }
    append(&given, "]", 1);
    append_head(&out, 'r', frame.id, given.size);
    append(&out, given.data, given.size);
    send_all(RECALLS, &out);
  }
  /* The agent is gone. User code that does not return is ended with it. */
  _exit(0);
}

/* ---- what a call costs -------------------------------------------------------------------------------------------- */

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* This process with all its threads, and the children that it has waited for. */
static uint64_t cpu_ns(void) {
  struct rusage children;
  getrusage(RUSAGE_CHILDREN, &children);
  uint64_t seconds = (uint64_t)(children.ru_utime.tv_sec + children.ru_stime.tv_sec);
  uint64_t micros = (uint64_t)(children.ru_utime.tv_usec + children.ru_stime.tv_usec);
  return nanoseconds(CLOCK_PROCESS_CPUTIME_ID) + seconds * 1000000000u + micros * 1000u;
}

static int peak_reset = -1;

/* Linux lets a process reset its own peak of resident memory. */
static void reset_peak(void) {
  if (peak_reset >= 0 && pwrite(peak_reset, "5", 1, 0) < 0) peak_reset = -1;
}

static long peak_kilobytes(void) {
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
#ifdef __APPLE__
  return own.ru_maxrss / 1024;
#else
  return own.ru_maxrss;
#endif
}

/* ---- calls -------------------------------------------------------------------------------------------------------- */

static void answer_call(const struct frame *frame, call_function call, release_function release, struct bytes *out) {
  struct polyglot_answer answer = {0};
  reset_peak();
  uint64_t began = nanoseconds(CLOCK_MONOTONIC), began_cpu = cpu_ns();
  pid_t own = getpid();
  call(frame->body, frame->size, &answer);
  /* A fork that user code made and let return into here: only the first process answers. */
  if (getpid() != own) _exit(0);
  fflush(NULL);
  mark_end(frame->id);
  char cost[128];
  int cost_size = snprintf(cost, sizeof cost, "{\"cost\":[%llu,%ld,%llu,%llu,%llu],",
                           (unsigned long long)((cpu_ns() - began_cpu) / 1000), peak_kilobytes(),
                           (unsigned long long)((nanoseconds(CLOCK_MONOTONIC) - began) / 1000),
                           (unsigned long long)(answer.conversion_ns / 1000),
                           (unsigned long long)(answer.writing_ns / 1000));
  append_head(out, answer.kind, frame->id, (size_t)cost_size + answer.size);
  append(out, cost, (size_t)cost_size);
  append(out, answer.text, answer.size);
  release(&answer);
}

static void serve(call_function call, release_function release) {
  struct reader reader = {.descriptor = CHANNEL};
  struct bytes out = {0};
  struct frame frame;
  append_head(&out, 'h', 0, 2);
  append(&out, "{}", 2);
  append_head(&out, 'k', 0, 0);
  for (;;) {
    /* The answer of one call and the beginning of the next leave together, if the next is here already. */
    if (!has_frame(&reader)) send_all(CHANNEL, &out);
    if (!next_frame(&reader, &frame)) return;
    if (!claim(frame.id, BEGUN)) continue;
    append_head(&out, 'b', frame.id, 0);
    send_all(CHANNEL, &out);
    answer_call(&frame, call, release, &out);
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  fcntl(CHANNEL, F_SETFD, FD_CLOEXEC);
  fcntl(RECALLS, F_SETFD, FD_CLOEXEC);
  peak_reset = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  keep_streams();
  /* Lines leave as they are printed: the agent reads them while the call runs. */
  setvbuf(stdout, NULL, _IOLBF, 0);
  void *module = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (module == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 70;
  }
  call_function call = (call_function)dlsym(module, "polyglot_call");
  release_function release = (release_function)dlsym(module, "polyglot_release");
  if (call == NULL || release == NULL) {
    fprintf(stderr, "the module has no polyglot_call: %s\n", arguments[1]);
    return 70;
  }
  pthread_t second;
  if (pthread_create(&second, NULL, give_back, NULL) != 0) fail("no second thread");
  serve(call, release);
  /* Without the module's destructors: they may wait for threads that never end. */
  fflush(NULL);
  _exit(0);
}
