// An ordinary discord.js bot: it knows nothing of the emulator but the address it is given.

const COLOURS = ["red", "green", "blue"];

/** Makes the bot. `library` is discord.js; `seen` of what it gives holds what the bot has been through: `ready`, `command ask life`, … */
export function bot(library, api) {
  const { ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, ContainerBuilder, Events, GatewayIntentBits, LabelBuilder, MessageFlags, ModalBuilder, Partials, SectionBuilder, StringSelectMenuBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle } = library;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages, GatewayIntentBits.MessageContent],
    partials: [Partials.Channel],
    allowedMentions: { parse: [] },
    rest: { api },
  });
  const seen = [];
  let presses = 0;

  const panel = () => ({
    content: `Pressed ${presses} times`,
    components: [
      new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId("count").setLabel("Count").setStyle(ButtonStyle.Primary)),
      new ActionRowBuilder().addComponents(new StringSelectMenuBuilder().setCustomId("colour").setPlaceholder("A colour").addOptions(COLOURS.map((one) => ({ label: one, value: one })))),
    ],
  });
  const layout = () => new ContainerBuilder().setAccentColor(0x0b6b62)
    .addSectionComponents(new SectionBuilder().addTextDisplayComponents(new TextDisplayBuilder().setContent("A section"))
      .setButtonAccessory(new ButtonBuilder().setCustomId("section").setLabel("Here").setStyle(ButtonStyle.Secondary)));
  const survey = () => new ModalBuilder().setCustomId("survey").setTitle("Survey").addLabelComponents(
    new LabelBuilder().setLabel("Colours").setStringSelectMenuComponent(new StringSelectMenuBuilder().setCustomId("colours").setMaxValues(2).addOptions(COLOURS.map((one) => ({ label: one, value: one })))));
  const field = (id, label, style) => new ActionRowBuilder().addComponents(new TextInputBuilder().setCustomId(id).setLabel(label).setStyle(style));

  const commands = {
    async ask(interaction) {
      const question = interaction.options.getString("question");
      seen.push(`command ask ${question}`);
      await interaction.deferReply();
      await interaction.editReply(`Thinking about ${question}`);
      await interaction.editReply(`The answer to ${question} is 42`);
      await interaction.followUp("Anything else?");
    },
    paint: (interaction) => interaction.reply(`Painted ${interaction.options.getString("colour")}`),
    async panel(interaction) {
      const { resource } = await interaction.reply({ ...panel(), withResponse: true });
      seen.push(`panel ${resource.message.content}`);
    },
    feedback: (interaction) => interaction.showModal(new ModalBuilder().setCustomId("feedback").setTitle("Feedback")
      .addComponents(field("subject", "Subject", TextInputStyle.Short), field("details", "Details", TextInputStyle.Paragraph))),
    layout: (interaction) => interaction.reply({ components: [layout()], flags: MessageFlags.IsComponentsV2 }),
    survey: (interaction) => interaction.showModal(survey()),
    async post(interaction) {
      const forum = interaction.guild.channels.cache.find((one) => one.name === "questions");
      const thread = await forum.threads.create({ name: "A post", message: { content: "Its first words" }, appliedTags: [forum.availableTags[0].id] });
      await interaction.reply(`Posted ${thread.id}`);
    },
    "Count letters": (interaction) => interaction.reply({ content: `${interaction.targetMessage.content.length} letters`, flags: MessageFlags.Ephemeral }),
    Greet: (interaction) => interaction.reply(`Hello ${interaction.targetUser.displayName}`),
  };

  const option = (name, more = {}) => ({ type: 3, name, description: `The ${name}`, required: true, ...more });
  const registered = [
    { name: "ask", description: "Ask a question", options: [option("question")] },
    { name: "paint", description: "Pick a colour", options: [option("colour", { autocomplete: true })] },
    { name: "panel", description: "Show a panel" },
    { name: "feedback", description: "Give feedback" },
    { name: "layout", description: "Show a layout" },
    { name: "survey", description: "Choose in a form" },
    { name: "post", description: "Post in the forum" },
    { name: "Count letters", type: 3 },
    { name: "Greet", type: 2 },
  ];

  async function interacted(interaction) {
    if (interaction.isCommand()) {
      await commands[interaction.commandName](interaction);
    } else if (interaction.isAutocomplete()) {
      const typed = interaction.options.getFocused();
      seen.push(`autocomplete ${typed}`);
      await interaction.respond(COLOURS.filter((one) => one.includes(typed)).map((one) => ({ name: one, value: one })));
    } else if (interaction.isButton() && interaction.customId === "section") {
      await interaction.deferUpdate();
      await interaction.followUp({ content: "You are here", flags: MessageFlags.Ephemeral });
    } else if (interaction.isButton()) {
      presses += 1;
      await interaction.update(panel());
    } else if (interaction.isStringSelectMenu()) {
      await interaction.reply({ content: `You like ${interaction.values[0]}`, flags: MessageFlags.Ephemeral });
    } else if (interaction.isModalSubmit() && interaction.customId === "survey") {
      await interaction.reply(`You chose ${interaction.fields.getStringSelectValues("colours").join(" and ")}`);
    } else if (interaction.isModalSubmit()) {
      await interaction.reply(`Thank you for ${interaction.fields.getTextInputValue("subject")}: ${interaction.fields.getTextInputValue("details")}`);
    }
  }

  async function written(message) {
    if (message.author.id === client.user.id) return;
    if (!message.inGuild()) {
      seen.push(`direct message ${message.content}`);
      await message.channel.send(`You wrote: ${message.content}`);
    } else if (message.content.startsWith("!thread ")) {
      const thread = await message.startThread({ name: message.content.slice("!thread ".length) });
      await thread.send("Here we are");
    } else if (message.content === "!file") {
      const sent = await message.channel.send({ content: "A file", files: [{ attachment: Buffer.from("one,two\n"), name: "table.csv", description: "A table" }] });
      seen.push(`file ${await (await fetch(sent.attachments.first().url)).text()}`);
    } else if (message.content === "!react") {
      await message.react("👍");
      await message.reply("Done");
    } else if (message.content === "!forget") {
      const history = await message.channel.messages.fetch({ limit: 1, before: message.id });
      await history.first().delete();
      await message.reply("Forgotten");
    }
  }

  /** Whatever goes wrong in the bot is kept, and fails the last scenario. */
  const guarded = (handle) => (event) => handle(event).catch((error) => seen.push(`error ${error.stack}`));
  client.on(Events.InteractionCreate, guarded(interacted));
  client.on(Events.MessageCreate, guarded(written));
  client.on(Events.ThreadCreate, (thread) => seen.push(`thread ${thread.name}`));
  client.on(Events.ShardResume, () => seen.push("resumed"));
  client.on(Events.ShardReady, () => seen.push("ready"));
  client.on(Events.Error, (error) => seen.push(`error ${error.stack}`));
  client.on(Events.Warn, (warning) => seen.push(`error ${warning}`));
  return { client, seen, register: () => client.application.commands.set(registered) };
}
