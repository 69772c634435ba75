using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;

namespace Agent.Tools.Hosting.Tests.Paging;

public sealed class CursorSealTests
{
    private static readonly CursorSeal Seal = new();

    [Property]
    public bool Open_OwnCursor_GivesThePosition(NonNull<string> position, byte[] scope)
    {
        // Lone surrogates have no UTF-8 form.
        var text = new string([.. position.Get.Where(c => !char.IsSurrogate(c))]);
        return Seal.Open(scope ?? [], Seal.Seal(scope ?? [], text)) == text;
    }

    [Property]
    public bool Open_AnyText_IsRefusedWithAToolException(NonNull<string> cursor)
    {
        try
        {
            Seal.Open([1], cursor.Get);
            return false;
        }
        catch (ToolException)
        {
            return true;
        }
    }

    [Fact]
    public void OpenCursor_OtherArguments_IsRefused()
    {
        var cursor = Request("""{"pattern": "a", "limit": 5}""").SealCursor("x");
        Assert.Equal("x", Request($$"""{"limit": 9, "pattern": "a", "cursor": "{{cursor}}"}""").OpenCursor());
        Assert.Throws<ToolException>(() => Request($$"""{"pattern": "b", "cursor": "{{cursor}}"}""").OpenCursor());
    }

    [Fact]
    public void Load_SameFolder_OpensTheCursorsOfAnotherProcess()
    {
        var folder = Directory.CreateTempSubdirectory("seal-").FullName;
        try
        {
            var state = Path.Combine(folder, "state");
            var cursor = CursorSeal.Load(state).Seal([7], "here");
            Assert.Equal("here", CursorSeal.Load(state).Open([7], cursor));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(state, "cursor.key")));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ToolRequest Request(string json) => ToolRequest.Create("t", JsonElement.Parse(json), seal: Seal);
}
