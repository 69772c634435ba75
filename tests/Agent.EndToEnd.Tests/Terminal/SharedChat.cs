namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>
/// One chat for the tests of a class, each of which begins on a clean screen with a conversation and a script of its own: starting a
/// chat and its servers costs more than most of what is looked at. A chat that a test left in the middle of something is not used again.
/// </summary>
public abstract class SharedChat : IDisposable
{
    private readonly AgentWorkspace workspace;
    private readonly ScriptedServer server = new();
    private readonly int columns;
    private readonly int rows;
    private ChatTerminal? chat;

    private protected SharedChat(AgentWorkspace workspace, int columns, int rows)
    {
        this.workspace = workspace;
        this.columns = columns;
        this.rows = rows;
    }

    internal AgentWorkspace Workspace => workspace;

    internal ScriptedServer Server => server;

    /// <summary>The chat with nothing said yet, and a model that will say what the script says.</summary>
    internal async Task<ChatTerminal> BeginAsync(params Piece[][] script)
    {
        server.Begin(script);
        chat?.Type(Keys.Ctrl('e') + Keys.Ctrl('u'));
        if (chat is not null && !await chat.IsIdleAsync())
        {
            chat.Dispose();
            chat = null;
        }

        if (chat is null)
        {
            chat = await ChatTerminal.StartAsync(workspace, columns, rows, server.Flags);
            await chat.ServersAsync();
        }

        if (chat.Screen.Columns != columns || chat.Screen.Rows != rows)
        {
            chat.Resize(columns, rows);
        }

        chat.Send("/mode ask");
        await chat.WaitForAsync("ask: the rules decide");
        chat.Type("/clear");
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> /clear");
        chat.Type(Keys.Enter);
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> " && !screen.All.Contains("/clear", StringComparison.Ordinal));
        return chat;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        chat?.Dispose();
        server.Dispose();
        workspace.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>With the files server.</summary>
public sealed class FilesChat() : SharedChat(new AgentWorkspace(), 80, 50);

/// <summary>Without servers, and with a model whose context and price are known.</summary>
public sealed class BareChat : SharedChat
{
    public BareChat()
        : base(AgentWorkspace.WithoutServers(), 80, 24)
    {
        Workspace.Environment["AGENT__MODELS__CONTEXTWINDOW"] = "128000";
        Workspace.Environment["AGENT__MODELS__PRICE__INPUT"] = "2";
        Workspace.Environment["AGENT__MODELS__PRICE__OUTPUT"] = "10";
    }
}
