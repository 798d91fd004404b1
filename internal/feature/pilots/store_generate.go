package pilots

// insertMany keeps insertManyRows measurements at once. A test of the speed of
// generating is why it stands here: one at a time takes four times as long.
const insertMany = `INSERT INTO pilot_measurement (indicator, day, value, n, spread, note, source, person, at) VALUES
	($1, $2, $3, $4, NULL, '', 'form', NULL, $2), ($5, $6, $7, $8, NULL, '', 'form', NULL, $6),
	($9, $10, $11, $12, NULL, '', 'form', NULL, $10), ($13, $14, $15, $16, NULL, '', 'form', NULL, $14),
	($17, $18, $19, $20, NULL, '', 'form', NULL, $18), ($21, $22, $23, $24, NULL, '', 'form', NULL, $22),
	($25, $26, $27, $28, NULL, '', 'form', NULL, $26), ($29, $30, $31, $32, NULL, '', 'form', NULL, $30),
	($33, $34, $35, $36, NULL, '', 'form', NULL, $34), ($37, $38, $39, $40, NULL, '', 'form', NULL, $38),
	($41, $42, $43, $44, NULL, '', 'form', NULL, $42), ($45, $46, $47, $48, NULL, '', 'form', NULL, $46),
	($49, $50, $51, $52, NULL, '', 'form', NULL, $50), ($53, $54, $55, $56, NULL, '', 'form', NULL, $54),
	($57, $58, $59, $60, NULL, '', 'form', NULL, $58), ($61, $62, $63, $64, NULL, '', 'form', NULL, $62),
	($65, $66, $67, $68, NULL, '', 'form', NULL, $66), ($69, $70, $71, $72, NULL, '', 'form', NULL, $70),
	($73, $74, $75, $76, NULL, '', 'form', NULL, $74), ($77, $78, $79, $80, NULL, '', 'form', NULL, $78),
	($81, $82, $83, $84, NULL, '', 'form', NULL, $82), ($85, $86, $87, $88, NULL, '', 'form', NULL, $86),
	($89, $90, $91, $92, NULL, '', 'form', NULL, $90), ($93, $94, $95, $96, NULL, '', 'form', NULL, $94),
	($97, $98, $99, $100, NULL, '', 'form', NULL, $98)`

const insertManyRows = 25
