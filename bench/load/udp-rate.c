// UDP at a given rate, whatever comes back (an open loop), and its echo. In C: both have to do more than what they measure.
//   udp-rate echo PORT
//   udp-rate send PORT FLOWS BYTES RATE SECONDS     prints {"sent":N,"answers":N,"wrong":N}
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, LARGEST = 2048, MOST_FLOWS = 1024 };

/// Bytes of every socket, see udp-socket.ts.
static const int receive_buffer = 4 * 1024 * 1024;
/// Nanoseconds between two looks at what is due: a burst is what the rate makes of it.
static const long tick = 200 * 1000;
/// Datagrams that one flow sends in a row.
static const int run_length = 4;
/// Seconds in which the last answers may come.
static const double grace = 0.3;
/// Seconds in which all flows begin.
static const double most_begin = 0.5;

static char buffers[BATCH][LARGEST];
static struct iovec pieces[BATCH];
static struct mmsghdr messages[BATCH];
static struct sockaddr_in senders[BATCH];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  return fd;
}

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void prepare(size_t length, int with_senders) {
  for (int i = 0; i < BATCH; i++) {
    pieces[i] = (struct iovec){buffers[i], length};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    if (!with_senders) continue;
    messages[i].msg_hdr.msg_name = &senders[i];
    messages[i].msg_hdr.msg_namelen = sizeof senders[i];
  }
}

static void echo(int port) {
  int fd = open_socket();
  struct sockaddr_in own = loopback(port);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0) fail("bind");
  struct epoll_event event = {.events = EPOLLIN};
  int loop = epoll_create1(0);
  epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
  for (;;) {
    epoll_wait(loop, &event, 1, -1);
    prepare(LARGEST, 1);
    int count = recvmmsg(fd, messages, BATCH, 0, NULL);
    for (int i = 0; i < count; i++) pieces[i].iov_len = messages[i].msg_len;
    if (count > 0) sendmmsg(fd, messages, count, 0);
  }
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static long answers, wrong;

static void take_answers(int fd, size_t bytes) {
  for (;;) {
    prepare(LARGEST, 0);
    int count = recvmmsg(fd, messages, BATCH, 0, NULL);
    for (int i = 0; i < count; i++) wrong += messages[i].msg_len != bytes;
    if (count > 0) answers += count;
    if (count < BATCH) return;
  }
}

/// A new flow costs a proxy more than a datagram, and is not what is measured: each has had an answer when the rate begins.
static void begin_flows(const int *sockets, int flows, size_t bytes) {
  double until = seconds_now() + most_begin;
  prepare(bytes, 0);
  for (int i = 0; i < flows; i++) (void)!sendmmsg(sockets[i], messages, 1, 0);
  while (answers < flows && seconds_now() < until) {
    usleep(1000);
    for (int i = 0; i < flows; i++) take_answers(sockets[i], bytes);
  }
  answers = wrong = 0;
}

static void generate(int port, int flows, size_t bytes, double rate, double seconds) {
  struct sockaddr_in to = loopback(port);
  int sockets[MOST_FLOWS];
  int loop = epoll_create1(0);
  for (int i = 0; i < flows; i++) {
    sockets[i] = open_socket();
    if (connect(sockets[i], (struct sockaddr *)&to, sizeof to) < 0) fail("connect");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = sockets[i]};
    epoll_ctl(loop, EPOLL_CTL_ADD, sockets[i], &event);
  }
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct itimerspec pace = {.it_interval.tv_nsec = tick, .it_value.tv_nsec = tick};
  timerfd_settime(timer, 0, &pace, NULL);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = timer};
  epoll_ctl(loop, EPOLL_CTL_ADD, timer, &event);
  begin_flows(sockets, flows, bytes);
  double start = seconds_now();
  long sent = 0;
  int next = 0;
  for (;;) {
    struct epoll_event ready[BATCH];
    int count = epoll_wait(loop, ready, BATCH, -1);
    for (int i = 0; i < count; i++)
      if (ready[i].data.fd != timer) take_answers(ready[i].data.fd, bytes);
    unsigned long long ticks;
    if (read(timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN) fail("read");
    double elapsed = seconds_now() - start;
    if (elapsed > seconds + grace) break;
    if (elapsed > seconds) continue;
    long due = (long)(elapsed * rate) - sent;
    prepare(bytes, 0);
    for (; due >= run_length; due -= run_length) {
      int done = sendmmsg(sockets[next], messages, run_length, 0);
      // What the kernel does not take counts as sent, and is lost.
      (void)done;
      sent += run_length;
      next = (next + 1) % flows;
    }
  }
  printf("{\"sent\":%ld,\"answers\":%ld,\"wrong\":%ld}\n", sent, answers, wrong);
}

int main(int count, char **words) {
  if (count == 3 && strcmp(words[1], "echo") == 0) echo(atoi(words[2]));
  if (count != 7 || strcmp(words[1], "send") != 0) return 2;
  int flows = atoi(words[3]);
  size_t bytes = strtoul(words[4], NULL, 10);
  if (flows > MOST_FLOWS || bytes > LARGEST) return 2;
  generate(atoi(words[2]), flows, bytes, atof(words[5]), atof(words[6]));
  return 0;
}
