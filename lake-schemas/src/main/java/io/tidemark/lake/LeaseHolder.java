package io.tidemark.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * The process that has a lease.
 *
 * @param what it does, for a person
 * @param host its name
 * @param machine within which process ids are counted; empty if that cannot be told
 * @param pid its id there
 * @param started when it began, in ticks since its machine did; 0 if that cannot be told
 * @param process that no other process has
 * @param since when it has the lease
 */
record LeaseHolder(
    String what,
    String host,
    String machine,
    long pid,
    long started,
    String process,
    Instant since) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String THIS_PROCESS = UUID.randomUUID().toString();
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path PROCESS_IDS = Path.of("/proc/self/ns/pid");

  /** Of the fields in a process's file, the 22nd says when it began; the third follows the name. */
  private static final int START = 22 - 3;

  /** Where the processes of others are hidden, this one is as well. */
  private static final Path FIRST_PROCESS = processFile(1);

  static LeaseHolder thisProcess(String what) {
    long self = ProcessHandle.current().pid();
    return new LeaseHolder(
        what,
        thisHost(),
        thisMachine(),
        self,
        started(self),
        THIS_PROCESS,
        Instant.now().truncatedTo(ChronoUnit.SECONDS));
  }

  /** Of a text that another version wrote, or a part of it, only the text is known. */
  static LeaseHolder parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json.path("process").isTextual()) {
        return new LeaseHolder(
            json.path("what").asText(),
            json.path("host").asText(),
            json.path("machine").asText(),
            json.path("pid").asLong(),
            json.path("started").asLong(),
            json.path("process").asText(),
            Instant.ofEpochSecond(json.path("since").asLong()));
      }
    } catch (JsonProcessingException notJson) {
      // As below.
    }
    String what = text.isBlank() ? "not known yet" : text.strip();
    return new LeaseHolder(what, "", "", 0, 0, "", Instant.EPOCH);
  }

  /** Each text is another one: a sign of life. */
  String text() {
    return JSON.createObjectNode()
        .put("what", what)
        .put("host", host)
        .put("machine", machine)
        .put("pid", pid)
        .put("started", started)
        .put("process", process)
        .put("since", since.getEpochSecond())
        .put("sign", UUID.randomUUID().toString())
        .toString();
  }

  boolean isThisProcess() {
    return process.equals(THIS_PROCESS);
  }

  /** Whether it ran where this process runs, so that this one can see it. */
  boolean isHere() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  /** Whether it has surely ended, however young its last sign of life is. */
  boolean isGone() {
    if (!isHere() || isThisProcess()) {
      return false;
    }
    // A container that is started again may give its process the same id.
    return pid == ProcessHandle.current().pid()
        || ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()
        || isAnother(started(pid));
  }

  /** Whether the process that has its id by now is another one. */
  private boolean isAnother(long ticks) {
    return started != 0 && ticks != 0 && ticks != started;
  }

  /** Not as a time: each Java makes another one of it when the clock has been set meanwhile. */
  private static long started(long pid) {
    try {
      String status = Files.readString(processFile(pid));
      // The program's name may have anything in it, and ends with the last bracket.
      String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[START]);
    } catch (IOException untold) {
      return 0;
    }
  }

  private static Path processFile(long pid) {
    return Path.of("/proc", Long.toString(pid), "stat");
  }

  /** Containers of one machine have process ids of their own each. */
  private static String thisMachine() {
    try {
      return Files.isReadable(FIRST_PROCESS)
          ? Files.readString(BOOT).strip() + " " + Files.readSymbolicLink(PROCESS_IDS)
          : "";
    } catch (IOException notLinux) {
      return "";
    }
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "a host without a name";
    }
  }

  /** For a person. */
  @Override
  public String toString() {
    return process.isEmpty()
        ? what
        : "%s, process %d on %s, since %s".formatted(what, pid, host, since);
  }
}
