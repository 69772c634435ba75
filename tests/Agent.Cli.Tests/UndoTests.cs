using System.Text.Json;
using Agent.Cli.Chat;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Tests;

public class UndoTests
{
    private static readonly HashSet<string> NoneUndone = new(StringComparer.Ordinal);

    private static SessionEvent Ended(long sequence, string run, string tool, string structured, string kind = "Completed", string server = "files")
    {
        var json = """{"id": "ID", "name": "SERVER__TOOL", "server": "SERVER", "tool": "TOOL", "arguments": {}, "kind": "KIND", "shown": "", "raw": {"content": [], "structuredContent": DONE}}"""
            .Replace("ID", "c" + sequence, StringComparison.Ordinal).Replace("SERVER", server, StringComparison.Ordinal).Replace("TOOL", tool, StringComparison.Ordinal)
            .Replace("KIND", kind, StringComparison.Ordinal).Replace("DONE", structured, StringComparison.Ordinal);
        using var data = JsonDocument.Parse(json);
        return new SessionEvent(sequence, DateTimeOffset.UnixEpoch, run, SessionEventTypes.CallEnded, Label.Bottom, data.RootElement.Clone());
    }

    private static string[] Calls(FileChanges changes) => [.. changes.Calls.Select(static call => $"{call.Name} {call.Arguments.GetRawText()}")];

    [Fact]
    public void Read_ChangesOfTheLastRun_AreTakenBackNewestFirst()
    {
        var changes = FileChanges.Read(
            [
                Ended(1, "s.1", "write_file", """{"path": "old.md", "action": "created", "hash": "h0"}"""),
                Ended(2, "s.2", "write_file", """{"path": "new.md", "action": "created", "hash": "h1"}"""),
                Ended(3, "s.2", "edit_file", """{"path": "a.md", "action": "edited", "hash": "h2", "trash_id": "t2"}"""),
                Ended(4, "s.2", "delete_file", """{"path": "b.md", "action": "deleted", "trash_id": "t3"}"""),
                Ended(5, "s.2", "move_file", """{"path": "d.md", "action": "moved", "from": "c.md", "trash_id": "t4"}"""),
                Ended(6, "s.2", "create_directory", """{"path": "e", "action": "created"}"""),
                Ended(7, "s.2", "write_file", """{"path": "f.md", "action": "unchanged", "hash": "h5"}"""),
                Ended(8, "s.2", "read_file", """{"files": []}"""),
                Ended(9, "s.2", "write_file", """{"path": "g.md", "action": "created", "hash": "h6"}""", kind: "Denied"),
            ],
            NoneUndone);
        Assert.Equal("s.2", changes.Run);
        Assert.Equal(
            [
                """files.delete_file {"path":"e"}""",
                """files.move_file {"from":"d.md","to":"c.md"}""",
                """files.restore_file {"trash_id":"t4","path":"d.md"}""",
                """files.restore_file {"trash_id":"t3","path":"b.md"}""",
                """files.restore_file {"trash_id":"t2","path":"a.md","expected_hash":"h2"}""",
                """files.delete_file {"path":"new.md","expected_hash":"h1"}""",
            ],
            Calls(changes));
        Assert.Equal(changes.Calls.Count, changes.Calls.Select(static call => call.Id).Distinct().Count());
    }

    [Fact]
    public void Read_RunThatWasUndone_LeavesTheOneBefore()
    {
        SessionEvent[] events =
        [
            Ended(1, "s.1", "write_file", """{"path": "a.md", "action": "created", "hash": "h0"}"""),
            Ended(2, "s.2", "write_file", """{"path": "b.md", "action": "created", "hash": "h1"}"""),
        ];
        Assert.Equal("s.1", FileChanges.Read(events, new HashSet<string>(["s.2"])).Run);
        Assert.Empty(FileChanges.Read(events, new HashSet<string>(["s.1", "s.2"])).Calls);
    }

    [Fact]
    public void Read_ChangeOfADatabase_IsNamedAndNotTakenBack()
    {
        var changes = FileChanges.Read([Ended(1, "s.1", "execute", "{}", server: "sql")], NoneUndone);
        Assert.Empty(changes.Calls);
        Assert.Equal(["sql.execute"], changes.Others);
    }
}
